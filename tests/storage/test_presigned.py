"""Presigned URLs: exactly one object, one size, one type, for a while."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import pytest_asyncio
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from padstone.errors import ValidationError
from padstone.storage import PresignedUpload, Storage
from padstone.storage.presigned import content_disposition

from .conftest import Line, Opener, Options

HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)


@pytest_asyncio.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(timeout=30) as client:
        yield client


async def an_upload(storage: Storage) -> PresignedUpload:
    return await storage.presign_put(
        "a", content_type="image/png", size=5, expires=timedelta(seconds=60)
    )


async def send(
    http: httpx2.AsyncClient, upload: PresignedUpload, content: bytes, **headers: str
) -> int:
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {**upload.headers, **changed}
    answer = await http.request(upload.method, upload.url, content=content, headers=sent)
    return int(answer.status_code)


async def test_up_and_down(storage: Storage, http: httpx2.AsyncClient) -> None:
    upload = await an_upload(storage)
    assert upload.headers == {"Content-Type": "image/png", "Content-Length": "5"}
    assert await send(http, upload, b"12345") == 200
    download = await storage.presign_get("a", filename="Bild.png", content_type="image/png")
    answer = await http.get(download.url)
    assert (answer.status_code, answer.content) == (200, b"12345")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")


async def test_what_is_signed(storage: Storage) -> None:
    before = datetime.now(UTC)
    upload = await an_upload(storage)
    query = parse_qs(urlsplit(upload.url).query)
    assert query["X-Amz-SignedHeaders"] == ["content-length;content-type;host"]
    assert query["X-Amz-Expires"] == ["60"]
    assert before <= upload.expires_at - timedelta(seconds=60) <= datetime.now(UTC)


async def test_the_lifetime_is_that_of_the_settings_unless_given(
    options: Options, opened: Opener
) -> None:
    storage = await opened({**options, "STORAGE_URL_TTL_SECONDS": 7})
    download = await storage.presign_get("a", filename="a", content_type="text/plain")
    assert parse_qs(urlsplit(download.url).query)["X-Amz-Expires"] == ["7"]


@pytest.mark.embedded_s3
async def test_more_or_fewer_bytes_are_refused(storage: Storage, http: httpx2.AsyncClient) -> None:
    upload = await an_upload(storage)
    assert await send(http, upload, b"123456", Content_Length="6") == 403
    assert await send(http, upload, b"1234", Content_Length="4") == 403
    assert [found async for found in storage.list()] == []


@pytest.mark.embedded_s3
async def test_another_type_is_refused(storage: Storage, http: httpx2.AsyncClient) -> None:
    upload = await an_upload(storage)
    assert await send(http, upload, b"12345", Content_Type="text/html") == 403
    assert [found async for found in storage.list()] == []


@pytest.mark.embedded_s3
async def test_another_key_or_signature_is_refused(
    storage: Storage, http: httpx2.AsyncClient
) -> None:
    upload = await an_upload(storage)
    elsewhere = upload.url.replace("/a?", "/b?")
    forged = upload.url[:-1] + ("0" if upload.url[-1] != "0" else "1")
    for url in (elsewhere, forged):
        answer = await http.put(url, content=b"12345", headers=upload.headers)
        assert answer.status_code == 403
    await storage.put("a", b"12345", content_type="image/png")
    download = await storage.presign_get("a", filename="a.png", content_type="image/png")
    inline = download.url.replace("=attachment", "=inline")
    assert inline != download.url
    assert (await http.get(inline)).status_code == 403


@pytest.mark.embedded_s3
async def test_an_expired_url_is_refused(storage: Storage, http: httpx2.AsyncClient) -> None:
    await storage.put("a", b"12345", content_type="image/png")
    with time_machine.travel(HOUR_AGO, tick=False):
        upload = await an_upload(storage)
        download = await storage.presign_get(
            "a", filename="a.png", content_type="image/png", expires=timedelta(seconds=60)
        )
    assert upload.expires_at == HOUR_AGO + timedelta(seconds=60)
    # S3 says 403, and rclone 400.
    refused = {await send(http, upload, b"12345"), (await http.get(download.url)).status_code}
    assert refused <= {400, 403}


async def test_clients_get_the_public_address(
    options: Options, opened: Opener, line: Line, http: httpx2.AsyncClient
) -> None:
    storage = await opened({**options, "STORAGE_PUBLIC_URL": line.url})
    before = line.connections
    upload = await an_upload(storage)
    assert upload.url.startswith(f"{line.url}/")
    assert line.connections == before  # signing asks nobody
    assert await send(http, upload, b"12345") == 200
    assert (await storage.head("a")).size == 5
    assert line.connections == before + 1


@pytest.mark.parametrize("size", [-1, 5 * 1024**3 + 1])
async def test_an_impossible_size_is_named(storage: Storage, size: int) -> None:
    with pytest.raises(ValidationError) as caught:
        await storage.presign_put("a", content_type="image/png", size=size)
    assert caught.value.errors[0].field == "size"


@pytest.mark.parametrize("seconds", [0.5, -1, 604_801])
async def test_an_impossible_lifetime_is_a_programmer_s_mistake(
    storage: Storage, seconds: float
) -> None:
    with pytest.raises(ValueError, match="seven days"):
        await storage.presign_put(
            "a", content_type="image/png", size=1, expires=timedelta(seconds=seconds)
        )


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_any_file_name_makes_one_safe_header(filename: str) -> None:
    value = content_disposition("attachment", filename)
    assert value.isascii()
    assert value.isprintable()
    message = Message()
    message["Content-Disposition"] = value
    assert message.get_content_disposition() == "attachment"
    parameters = {name for name, _ in message.get_params(header="content-disposition") or []}
    assert parameters <= {"attachment", "filename"}
    plain = value.partition('filename="')[2].partition('"')[0]
    assert not set(plain) & set('/\\%"')


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("report.pdf", "attachment; filename=\"report.pdf\"; filename*=UTF-8''report.pdf"),
        (
            "Übung 1.pdf",
            "attachment; filename=\"_bung 1.pdf\"; filename*=UTF-8''%C3%9Cbung%201.pdf",
        ),
        ('a"b;c', "attachment; filename=\"a_b;c\"; filename*=UTF-8''a%22b%3Bc"),
        ("../../etc", "attachment; filename=\".._.._etc\"; filename*=UTF-8''.._.._etc"),
        ("a\r\nX: y", "attachment; filename=\"a__X: y\"; filename*=UTF-8''a__X%3A%20y"),
        ("", "attachment"),
    ],
)
def test_file_names(filename: str, expected: str) -> None:
    assert content_disposition("attachment", filename) == expected


async def test_any_file_name_survives_the_way(storage: Storage, http: httpx2.AsyncClient) -> None:
    await storage.put("a", b"x", content_type="text/plain")
    name = 'Ünï "cödé" 100% 漢字 😀.txt'
    download = await storage.presign_get(
        "a", filename=name, content_type="text/plain", disposition="inline"
    )
    answer = await http.get(download.url)
    assert answer.status_code == 200
    message = Message()
    message["Content-Disposition"] = answer.headers["content-disposition"]
    assert message.get_content_disposition() == "inline"
