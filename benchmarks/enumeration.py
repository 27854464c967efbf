"""Promise 25: the time of an answer does not tell whether somebody has an address.

Interleaved pairs of a known and an unknown address, in random order, over one connection to the
shop as it is deployed. AUC is the chance that an answer for a known address took longer than one
for an unknown address: .5 is indistinguishable. Run it by hand, on a machine that does nothing
else; it is a measurement and no test::

    .venv/bin/python benchmarks/enumeration.py --pairs 2000
"""

import argparse
import asyncio
import http.client
import json
import math
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from ground import GroundError, clean_environment
from pwdlib.hashers.argon2 import Argon2Hasher

from padstone import devservices
from padstone.testing.servers import ServerProcess

SHOP = Path(__file__).resolve().parent.parent / "systems" / "shop"
LOWEST, HIGHEST = 0.45, 0.55
WARM_UP = 5

_USERS = """\
INSERT INTO users (id, email, email_verified_at, password_hash, role)
SELECT gen_random_uuid(), 'known-' || n || '@example.com', now(), $1, 'buyer'
FROM generate_series(0, $2::int) n"""

BODIES = {
    "login": {"password": "not the right sentence"},
    "forgot-password": {},
    "resend-verification": {},
    "register": {"password": "a quite acceptable sentence"},
}


def auc(known: list[float], unknown: list[float]) -> float:
    """The chance that one of ``known`` is above one of ``unknown``; a tie counts half."""
    ordered = sorted(unknown)
    wins = sum(bisect_left(ordered, one) + bisect_right(ordered, one) for one in known)
    return wins / (2 * len(known) * len(unknown))


@contextmanager
def shop(folder: Path, pairs: int) -> Iterator[ServerProcess]:
    """A server of the shop on a database of its own, with so many users."""
    try:
        with devservices.attach("enumeration", root=folder, ephemeral=True) as lease:
            url = lease.services.database_url
            environment = clean_environment(
                ENVIRONMENT="production",
                SECRET_KEY=secrets.token_hex(32),
                DATABASE_URL=url,
                DATABASE_SSL="disable",
                PUBLIC_URL="https://shop.example.com",
                MAIL_URL="smtp://127.0.0.1:9",
                MAIL_FROM="shop@example.com",
            )
            _migrate(environment)
            asyncio.run(_fill(url, pairs))
            server = ServerProcess(SHOP, environment, folder / "server.log")
            server.start()
            asyncio.run(server.ready("/health/live"))
            try:
                yield server
            finally:
                asyncio.run(server.stop())
    finally:
        devservices.stop(folder, ephemeral=True)


def measure(server: ServerProcess, path: str, pairs: int) -> tuple[list[float], list[float]]:
    """Seconds of the answers for known addresses, and for unknown ones."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(pairs):
        kinds = ["known", "unknown"]
        random.shuffle(kinds)
        for kind in kinds:
            # Each way asks for other unknown addresses, since registering makes them known.
            email = f"{kind}-{number}@example.com" if kind == "known" else f"{path}-{number}@x.org"
            body = json.dumps({"email": email, **BODIES[path]})
            began = time.perf_counter()
            connection.request(
                "POST", f"/api/v1/auth/{path}", body, {"Content-Type": "application/json"}
            )
            connection.getresponse().read()
            times[kind].append(time.perf_counter() - began)
    return times["known"][WARM_UP:], times["unknown"][WARM_UP:]


def _migrate(environment: dict[str, str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "padstone", "db", "upgrade"],
        cwd=SHOP,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if ran.returncode != 0:
        raise GroundError(f"The database cannot be migrated.\n{ran.stderr[-2000:]}")


async def _fill(url: str, pairs: int) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        # One hash for all: to verify it costs the same for each.
        await connection.execute(_USERS, Argon2Hasher().hash("the right sentence"), pairs)
    finally:
        await connection.close()


def main() -> int:
    """Prints a line for each way to ask; the exit status is 1 where one tells."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=2000)
    pairs: int = parser.parse_args().pairs + WARM_UP
    print(f"{'':<22}{'AUC':>7}{'±':>7}{'known ms':>11}{'unknown ms':>12}")
    tells = False
    with tempfile.TemporaryDirectory() as folder, shop(Path(folder), pairs) as server:
        for path in BODIES:
            known, unknown = measure(server, path, pairs)
            value, spread = auc(known, unknown), 2 * math.sqrt(1 / (6 * len(known)))
            tells = tells or not LOWEST - spread <= value <= HIGHEST + spread
            middle = [1000 * statistics.median(times) for times in (known, unknown)]
            print(f"{path:<22}{value:>7.3f}{spread:>7.3f}{middle[0]:>11.1f}{middle[1]:>12.1f}")
    return int(tells)


if __name__ == "__main__":
    sys.exit(main())
