"""A9: the command line, as processes, against the real server."""

import asyncio
import json
import os
import stat
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from callers import MakeCaller
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import DEFAULT_SCOPES
from padstone.ids import encode_public_id
from padstone.testing.servers import ServerProcess

StartServers = Callable[..., Awaitable[list[ServerProcess]]]


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


async def accounts(home: Path, *args: str, stdin: str = "") -> Ran:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "accounts_cli", *args),
        env={"PATH": os.environ["PATH"], "HOME": str(home), "NO_COLOR": "1"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(stdin.encode()), 60)
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())


@pytest.mark.committed
async def test_a9_a_customer_at_the_command_line(
    server: StartServers, make_caller: MakeCaller, session: AsyncSession, tmp_path: Path
) -> None:
    (url,) = [one.url for one in await server()]
    caller = await make_caller(email="ada@example.com", scopes=sorted(DEFAULT_SCOPES))
    await session.commit()

    ran = await accounts(tmp_path, "login", "--api-url", url, stdin=f"{caller.secret}\n")
    assert ran.status == 0, ran.err
    assert f"Logged in to {url} as ada@example.com ({caller.public_id})" in ran.err
    (file,) = tmp_path.rglob("credentials.json")  # noqa: ASYNC240  # nothing else runs here
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    who = json.loads((await accounts(tmp_path, "whoami", "--json")).out)
    assert who["account_id"] == caller.public_id
    balance = json.loads((await accounts(tmp_path, "credits", "--json")).out)
    assert balance["balance_micros"] == who["credits_balance_micros"]
    entries = await accounts(tmp_path, "credits", "entries", "--all")
    assert "grant" in entries.out, entries.err

    made = await accounts(tmp_path, "keys", "create", "ci", "--expires-in", "30d")
    assert made.status == 0, made.err
    secret = made.out.strip()
    listed = json.loads((await accounts(tmp_path, "keys", "list", "--json")).out)
    new, own = listed
    assert (new["name"], new["prefix"]) == ("ci", secret[:12])
    assert new["scopes"] == own["scopes"]  # nobody said which
    assert (await accounts(tmp_path, "keys", "rename", new["id"], "nightly")).status == 0
    rotated = await accounts(tmp_path, "keys", "rotate", new["id"], "--overlap", "1h")
    assert rotated.status == 0, rotated.err
    table = (await accounts(tmp_path, "keys", "list")).out
    assert [line.split()[-1] for line in table.splitlines()[1:]] == ["active", "ending", "active"]
    assert secret not in table

    # With the key that rotation has made, until it is revoked.
    ran = await accounts(tmp_path, "login", stdin=rotated.out)
    assert ran.status == 0, ran.err
    again = await accounts(tmp_path, "keys", "rotate", new["id"])
    assert again.status == 1
    assert "can be rotated" in again.err
    newest = json.loads((await accounts(tmp_path, "keys", "list", "--json")).out)[0]
    assert (await accounts(tmp_path, "keys", "revoke", newest["id"], "--yes")).status == 0
    refused = await accounts(tmp_path, "whoami")
    assert refused.status == 3
    assert "refuses the key you are logged in with" in refused.err
    assert (await accounts(tmp_path, "logout")).status == 0
    assert not file.exists()


@pytest.mark.committed
async def test_a9_refusals_of_the_real_server(
    server: StartServers, make_caller: MakeCaller, session: AsyncSession, tmp_path: Path
) -> None:
    (url,) = [one.url for one in await server()]
    caller = await make_caller(scopes=["keys:read", "keys:write"])
    await session.commit()
    unknown = await accounts(
        tmp_path,
        "login",
        "--api-url",
        url,
        stdin=f"{caller.secret[:-1]}{'01'[caller.secret[-1] == '0']}",
    )
    assert unknown.status == 3
    assert (await accounts(tmp_path, "login", "--api-url", url, stdin=caller.secret)).status == 0

    poor = await accounts(tmp_path, "credits")
    assert poor.status == 1
    assert "lack the scope credits:read" in poor.err
    wrong = await accounts(tmp_path, "keys", "create", " ", "--scopes", "keys:read")
    assert wrong.status == 1
    assert "\n  name: " in wrong.err
    scopes = await accounts(tmp_path, "keys", "create", "x", "--scopes", "fly")
    assert scopes.status == 1
    assert "\n  scopes: may hold only: " in scopes.err
    missing = await accounts(
        tmp_path, "keys", "revoke", encode_public_id("key", caller.account.id), "-y"
    )
    assert missing.status == 1
    assert "There is no such key." in missing.err
    for ran in (unknown, poor, wrong, scopes, missing):
        assert "Traceback" not in ran.err
        assert caller.secret not in ran.out + ran.err
