"""Promise 25 at full length: the time of an answer does not tell whether somebody has an address.

    python tests/proofs/enumeration.py --pairs 2000

Interleaved pairs of a known and an unknown address, in random order, one request at a time, with
passwords that cost what they cost when deployed. AUC is the chance that an answer for a known
address took longer than one for an unknown address; .5 is indistinguishable. It fails where that is
outside of .45 to .55 by more than chance explains. It needs nothing running, and a machine that
does nothing else makes it sharper.
"""

import argparse
import asyncio
import math
import os
import random
import statistics
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
from pwdlib.hashers.argon2 import Argon2Hasher

sys.path.insert(0, str(Path(__file__).parents[1]))

import peopled
from padstone.testing.databases import DatabaseFactory
from padstone.testing.processes import WatchedProcess, bare_environment
from padstone.testing.servers import ServerProcess
from padstone.testing.services import test_services

LOWEST, HIGHEST = 0.45, 0.55
WARM_UP = 5
COST = {  # the defaults, which the profile of tests lowers
    "PASSWORD_HASH_MEMORY_KIB": "65536",
    "PASSWORD_HASH_PASSES": "3",
    "PASSWORD_HASH_LANES": "4",
}
BODIES: dict[str, dict[str, Any]] = {
    "login": {"password": "not the right sentence"},
    "register": {"password": "a quite acceptable sentence"},
    "forgot-password": {},
    "resend-verification": {},
}
USERS = """\
INSERT INTO users (id, email, email_verified_at, password_hash, role)
SELECT gen_random_uuid(), 'known-' || n || '@example.com', now(), $1, 'buyer'
FROM generate_series(0, $2::int) n"""


def auc(known: Sequence[float], unknown: Sequence[float]) -> float:
    """The chance that one of ``known`` is above one of ``unknown``; a tie counts half."""
    ordered = sorted(unknown)
    wins = sum(bisect_left(ordered, one) + bisect_right(ordered, one) for one in known)
    return wins / (2 * len(known) * len(unknown))


async def measure(url: str, path: str, pairs: int) -> dict[str, list[float]]:
    """Seconds of the answers for known addresses, and for unknown ones."""
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
        for number in range(pairs):
            kinds = list(times)
            random.shuffle(kinds)
            for kind in kinds:
                # Each way asks for other unknown addresses, since registering makes them known.
                name = "known" if kind == "known" else path
                body = {"email": f"{name}-{number}@example.com", **BODIES[path]}
                began = time.perf_counter()
                answer = await client.post(f"/auth/{path}", json=body)
                times[kind].append(time.perf_counter() - began)
                expected = {401} if path == "login" else {202}
                if answer.status_code not in expected:
                    raise SystemExit(f"broken: {path} answers {answer.status_code}")
    return {kind: values[WARM_UP:] for kind, values in times.items()}


def judge(path: str, times: dict[str, list[float]]) -> bool:
    """Says what was found; whether it tells who has an address."""
    known, unknown = times["known"], times["unknown"]
    value, chance = auc(known, unknown), 2 * math.sqrt(1 / (6 * len(known)))
    middle = [1000 * statistics.median(values) for values in (known, unknown)]
    sys.stdout.write(
        f"{path:<20} AUC {value:.3f} (chance alone: ± {chance:.3f}), "
        f"median {middle[0]:.1f} ms known, {middle[1]:.1f} ms unknown\n"
    )
    sys.stdout.flush()
    return not LOWEST - chance <= value <= HIGHEST + chance


async def fill(url: str, pairs: int) -> None:
    """The users whose addresses are known."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        # One hash for all: to verify it costs the same for each.
        await connection.execute(USERS, Argon2Hasher().hash("the right sentence"), pairs)
    finally:
        await connection.close()


async def prove(pairs: int, paths: Sequence[str]) -> None:
    """The proof itself. Raises ``SystemExit`` that says what was broken."""
    with tempfile.TemporaryDirectory() as name, test_services(f"proof{os.getpid()}") as services:
        folder = peopled.write(Path(name) / "peopled")
        async with DatabaseFactory(services.admin_url).blank() as url:
            environment = {**peopled.ENVIRONMENT, **COST, "DATABASE_URL": url}
            upgrade = [sys.executable, "-m", "padstone", "db", "upgrade"]
            migration = WatchedProcess(upgrade, folder, bare_environment(**environment))
            migration.ended()
            migration.close()
            await fill(url, pairs)
            server = ServerProcess(folder, environment, Path(name) / "server.log")
            server.start()
            try:
                await server.ready("/health/live")
                tells = [p for p in paths if judge(p, await measure(server.url, p, pairs))]
            finally:
                await server.stop()
    if tells:
        raise SystemExit(f"broken: {', '.join(tells)}")


def main() -> None:
    """Reads the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--only", choices=list(BODIES), action="append")
    given = parser.parse_args()
    os.environ["ENVIRONMENT"] = "test"
    asyncio.run(prove(given.pairs + WARM_UP, given.only or list(BODIES)))


if __name__ == "__main__":
    main()
