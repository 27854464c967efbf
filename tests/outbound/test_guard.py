"""Nothing internal is ever connected to, whatever the URL, the redirects and the names say."""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpcore2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from padstone.outbound import (
    ForbiddenAddressError,
    OutboundClient,
    OutboundTimeoutError,
    OutboundUnavailableError,
    TooManyRedirectsError,
)
from padstone.outbound.addresses import Address
from padstone.outbound.guard import GuardedNetwork

NAMES = {
    "inside.example": ["127.0.0.1"],
    "inside6.example": ["::1"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "mixed.example": ["93.184.216.34", "127.0.0.1"],
    "mixed-first.example": ["127.0.0.1", "93.184.216.34"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "compatible.example": ["::127.0.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "6to4.example": ["2002:7f00:1::"],
    "teredo.example": ["2001:0:4136:e378:8000:63bf:80ff:fffe"],
    "private.example": ["10.0.0.1"],
    "link.example": ["fe80::1%1"],
    "unique.example": ["fd00::1"],
    "nowhere.example": [],
    "any.example": ["0.0.0.0"],  # noqa: S104  # where a name leads
    "any6.example": ["::"],
    "xn--bcher-kva.example": ["127.0.0.1"],
}

LINES = (Path(__file__).parent / "inside.txt").read_text().splitlines()
GIVEN = [line for line in LINES if line and not line.startswith("#")]
WHOLE = [line for line in GIVEN if "{port}" in line or "://" in line]
HOSTS = [line for line in GIVEN if line not in WHOLE] + [*NAMES, "bücher.example"]
# White space and line ends are escaped in the file.
URLS = [line.encode().decode("unicode_escape") for line in WHOLE]
URLS += [f"http://{host}:{{port}}/inside" for host in HOSTS]


async def known_names(host: str) -> Sequence[Address]:
    """A name service that says what an attacker has put into his zone."""
    if not NAMES.get(host):
        raise ForbiddenAddressError
    return [ip_address(text) for text in NAMES[host]]


def test_there_are_many() -> None:
    assert len(set(URLS)) >= 150


@pytest.mark.parametrize("url", URLS)
async def test_nothing_internal_is_connected_to(url: str, serve: Any, opened: Any) -> None:
    inside, inside6 = await serve(), await serve(host="::1")
    client: OutboundClient = opened(resolve=known_names)
    for canary in (inside, inside6):
        with pytest.raises(ForbiddenAddressError) as caught:
            await client.request("GET", url.format(port=canary.port), guarded=True)
        # The same for all, so that nobody explores by it what there is.
        assert caught.value.detail == ForbiddenAddressError.detail
        assert caught.value.errors == ()
        with pytest.raises(ForbiddenAddressError):
            async with client.stream("POST", url.format(port=canary.port), guarded=True):
                pass
    assert (inside.connections, inside6.connections) == (0, 0)


@pytest.mark.parametrize("host", [host for host in HOSTS if "local" in host.lower()])
async def test_the_names_of_this_machine(host: str, serve: Any, client: OutboundClient) -> None:
    inside, inside6 = await serve(), await serve(host="::1")
    for canary in (inside, inside6):
        with pytest.raises((ForbiddenAddressError, OutboundUnavailableError)):
            await client.request("GET", f"http://{host}:{canary.port}/", guarded=True)
    assert (inside.connections, inside6.connections) == (0, 0)


# All but the one address that these tests allow.
HERE = ["bücher.example", *(name for name, found in NAMES.items() if "127.0.0.1" in found)]
ELSEWHERE = [
    url
    for url in URLS
    if "127.0.0.1:" not in url
    and not any(f"//{name}:" in url for name in (*HERE, "bücher.example"))
]


@pytest.mark.parametrize("url", ELSEWHERE)
@pytest.mark.parametrize("status", [302, 307])
async def test_no_redirect_leads_inside(url: str, status: int, serve: Any, opened: Any) -> None:
    canary = await serve(host="::1")
    location = url.format(port=canary.port)
    if not location.isprintable() or " " in location or not location.isascii():
        location = location.encode("ascii", "ignore").decode().replace("\r\n", "")
    if location.startswith(("http:127", "http:/127")) or "://" not in location:
        pytest.skip("this is a path on the host that sends on")
    public = await serve(answer_to(location, status))
    client = opened(resolve=known_names, OUTBOUND_ALLOWED_NETWORKS=["127.0.0.1/32"])
    with pytest.raises((ForbiddenAddressError, OutboundUnavailableError)):
        await client.request("GET", public.url, guarded=True)
    assert public.connections == 1
    assert canary.connections == 0


def answer_to(location: str, status: int) -> bytes:
    return f"HTTP/1.1 {status} On\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n".encode()


async def test_every_hop_is_looked_at(serve: Any, opened: Any) -> None:
    inside = await serve(host="::1")
    last = await serve(answer_to(inside.url, 302))
    second = await serve(answer_to(last.url, 302))
    first = await serve(answer_to(second.url, 302))
    client = opened(OUTBOUND_ALLOWED_NETWORKS=["127.0.0.1/32"])
    with pytest.raises(ForbiddenAddressError):
        await client.request("GET", first.url, guarded=True)
    assert [hop.connections for hop in (first, second, last, inside)] == [1, 1, 1, 0]


async def test_redirects_end(serve: Any, opened: Any) -> None:
    loop = await serve()
    loop.says = [answer_to(f"{loop.url}/on", 302)]
    client = opened(OUTBOUND_ALLOWED_NETWORKS=["127.0.0.1/32"], OUTBOUND_MAX_REDIRECTS=3)
    with pytest.raises(TooManyRedirectsError):
        await client.request("GET", loop.url, guarded=True)
    assert len(loop.heard) == 4


class Rebinding:
    """A name service that says something else each time."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str) -> Sequence[Address]:
        self.asked += 1
        return [ip_address(self.answers.pop(0))]


async def test_the_address_that_was_looked_at_is_connected_to(serve: Any, opened: Any) -> None:
    outside = await serve(b"HTTP/1.1 204 No\r\nconnection: close\r\n\r\n")
    inside = await serve(host="::1")
    names = Rebinding("127.0.0.1", "::1", "::1")
    client = opened(resolve=names, OUTBOUND_ALLOWED_NETWORKS=["127.0.0.1/32"])
    url = f"http://rebinding.example:{outside.port}/"
    answer = await client.request("GET", url, guarded=True)
    assert answer.status_code == 204
    assert names.asked == 1
    assert outside.heard[0].headers["host"] == f"rebinding.example:{outside.port}"
    with pytest.raises(ForbiddenAddressError):
        await client.request("GET", url, guarded=True)
    assert names.asked == 2
    assert (outside.connections, inside.connections) == (1, 0)


async def test_a_connection_that_nobody_checked_carries_no_guarded_call(
    serve: Any, client: OutboundClient
) -> None:
    inside = await serve()
    assert (await client.request("GET", inside.url)).status_code == 200
    with pytest.raises(ForbiddenAddressError):
        await client.request("GET", inside.url, guarded=True)
    assert len(inside.heard) == 1


async def test_the_next_address_is_tried(serve: Any, opened: Any) -> None:
    service = await serve()

    async def two(host: str) -> Sequence[Address]:
        return [ip_address("::1"), ip_address("127.0.0.1")]

    client = opened(resolve=two, OUTBOUND_ALLOWED_NETWORKS=["127.0.0.0/8", "::1/128"])
    answer = await client.request("GET", f"http://two.example:{service.port}/", guarded=True)
    assert answer.status_code == 200


async def test_no_address_takes_the_time_of_the_others() -> None:
    given: list[float] = []

    class Unreachable(httpcore2.AsyncNetworkBackend):
        async def connect_tcp(self, host: str, port: int, timeout: Any = None, *_: Any) -> Any:  # noqa: ASYNC109
            given.append(timeout)
            raise httpcore2.ConnectTimeout

    async def many(host: str) -> Sequence[Address]:
        return [ip_address(f"93.184.216.{number}") for number in range(9)]

    network = GuardedNetwork(many, [])
    network._sockets = Unreachable()
    with pytest.raises(httpcore2.ConnectTimeout):
        await network.connect_tcp("many.example", 80, timeout=4.0)
    assert len(given) == 4
    assert sum(given) <= 4.0


async def test_a_redirect_is_read_as_strictly_as_a_url(serve: Any, opened: Any) -> None:
    # A port of another protocol, at an address that may be called.
    public = await serve(answer_to("http://127.0.0.1:25/", 302))
    client = opened(OUTBOUND_ALLOWED_NETWORKS=["127.0.0.1/32"])
    with pytest.raises(ForbiddenAddressError):
        await client.request("GET", public.url, guarded=True)


async def test_a_name_service_that_says_nothing(opened: Any) -> None:
    async def silent(host: str) -> Sequence[Address]:
        await asyncio.get_running_loop().create_future()
        return []

    client = opened(resolve=silent, OUTBOUND_CONNECT_TIMEOUT_SECONDS=0.05, OUTBOUND_RETRIES=0)
    with pytest.raises(OutboundTimeoutError) as caught:
        await client.request("POST", "http://silent.example/", guarded=True)
    assert caught.value.is_unsent


def certificate_for(name: str, folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / f"{name}.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


async def test_tls_asks_for_the_name_and_holds_it_to_it(
    serve: Any, opened: Any, tmp_path: Path
) -> None:
    shown = certificate_for("hooks.example", tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(shown)
    asked: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    service = await serve(tls=tls)

    async def here(host: str) -> Sequence[Address]:
        return [ip_address("127.0.0.1")]

    client = opened(
        resolve=here,
        OUTBOUND_ALLOWED_NETWORKS=["127.0.0.1/32"],
        OUTBOUND_SSL_ROOT_CERT=str(shown),
        OUTBOUND_RETRIES=0,
    )
    url = f"https://hooks.example:{service.port}/hook"
    assert (await client.request("POST", url, json={}, guarded=True)).status_code == 200
    assert asked == ["hooks.example"]
    assert service.heard[0].headers["host"] == f"hooks.example:{service.port}"
    with pytest.raises(OutboundUnavailableError):
        await client.request("POST", url.replace("hooks", "other"), json={}, guarded=True)
    assert asked == ["hooks.example", "other.example"]
    assert len(service.heard) == 1
