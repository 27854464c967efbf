"""The guide's browser sessions are an application as they are printed, and its page signs in."""

import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

import peopled
from browsed import BrowsedSettings, users
from padstone.auth.users import UserAdministration
from padstone.db import Database
from padstone.testing.servers import ServerProcess
from padstone.testing.services import TestServices, redis_prefix

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "sessions.md").read_text()
SNIPPETS: dict[str, str] = dict(re.findall(r"```python file=(\S+)\n(.*?)```", GUIDE, re.DOTALL))
EMAIL, PASSWORD = "someone@example.com", "correct donkey battery"


class LibrarySettings(BrowsedSettings):
    SYSTEM = "library"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The guide's application."""
    made = peopled.write(tmp_path / "library")
    for name, text in SNIPPETS.items():
        (made / name).write_text(text)
    return made


@pytest_asyncio.fixture
async def server(
    folder: Path, blank_database: str, test_services: TestServices
) -> AsyncIterator[ServerProcess]:
    """The guide's application as a process, with its tables and somebody who may write books."""
    environment = {
        **peopled.ENVIRONMENT,
        "DATABASE_URL": blank_database,
        "REDIS_URL": test_services.redis_url,
        "REDIS_PREFIX": f"{redis_prefix(test_services.run)}{folder.parent.name}",
    }
    process = ServerProcess(folder, environment, folder / "server.log")
    command(folder, environment, "db", "upgrade")
    process.start()
    try:
        await process.ready("/health/live")
        yield process
    finally:
        await process.stop()


def command(folder: Path, environment: dict[str, str], *words: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "padstone", *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


async def test_the_page_of_the_guide_signs_in_writes_and_signs_out(
    server: ServerProcess, blank_database: str
) -> None:
    database = Database(LibrarySettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0))
    async with database.session() as session:
        admin = UserAdministration.apart(session, users, LibrarySettings())
        user = await admin.create(EMAIL, password_hash=await admin.hashed(PASSWORD, EMAIL))
        user.role = "librarian"
    await database.close()
    names: dict[str, Any] = {}
    exec(compile(SNIPPETS["page.py"], "page.py", "exec"), names)  # noqa: S102  # what is tested
    printed = [
        int(said) for said in re.findall(r"# .*?(\d{3})$", SNIPPETS["page.py"], re.MULTILINE)
    ]
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as client:
        assert await names["page"](client, EMAIL, PASSWORD) == [int(status) for status in printed]


def test_every_route_and_header_that_the_guide_names_is_there(folder: Path) -> None:
    document = json.loads(command(folder, {**peopled.ENVIRONMENT}, "openapi"))
    named = set(re.findall(r"(GET|POST|DELETE) (/auth/[a-z-]+(?:/\{\w+\})?)", GUIDE))
    paths = {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if path.startswith(("/auth/session", "/auth/browser"))
        and not path.startswith("/auth/sessions")
    }
    assert named == paths
    security = document["paths"]["/books"]["post"]["security"]
    assert security == [{"Bearer": ["books:write"]}, {"Cookie": ["books:write"]}]
    assert document["components"]["securitySchemes"]["Cookie"]["name"] == "library_session"
    [parameter] = document["paths"]["/books"]["post"]["parameters"]
    assert set(re.findall(r"X-[A-Za-z-]+", GUIDE)) == {parameter["name"]}
