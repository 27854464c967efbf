"""The page on adoption is carried out, step by step, on the plain application that it names."""

import asyncio
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import httpx2
import pytest

from padstone.testing.running import Running
from padstone.testing.services import TestServices

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "guide" / "adopt.md").read_text()
BLOCK = re.compile(r"```(diff|python) file=(\S+)\n(.*?)```", re.DOTALL)
TITLES = re.findall(r"^## (\d\. .+)$", PAGE, re.MULTILINE)
MOST = 15


class Block(NamedTuple):
    """A file of the application: what of it goes and what comes, or the whole of it."""

    kind: str
    file: str
    text: str


RUN_ALL = """
import json, sys
from padstone.cli.program import run
for command in json.loads(sys.argv[1]):
    assert run(command) == 0, command
"""


def part(number: int) -> str:
    [section] = re.findall(rf"^## {number}\. .*?(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    return str(section)


def step(number: int) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(part(number))]


def edited(source: str, diff: str) -> str:
    """``source`` with each hunk of ``diff`` applied, at the one place where it fits."""
    for hunk in diff.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] if line != "\n" else line for line in lines if line[0] != "+")
        after = "".join(line[1:] if line != "\n" else line for line in lines if line[0] != "-")
        assert source.count(before) == 1, f"this is not in the file once:\n{before}"
        source = source.replace(before, after)
    return source


def counted(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.strip())


class Adopted:
    """A copy of the plain application, and how far it has adopted."""

    def __init__(self, folder: Path, services: TestServices) -> None:
        self.folder, self.services = folder, services
        self.come = self.gone = 0

    def take(self, number: int) -> None:
        self.come = self.gone = 0
        for block in step(number):
            file = self.folder / block.file
            present = file.read_text() if file.exists() else ""
            if block.kind == "diff":
                file.write_text(edited(present, block.text))
                lines = block.text.splitlines()
                self.come += counted("\n".join(one[1:] for one in lines if one.startswith("+")))
                self.gone += counted("\n".join(one[1:] for one in lines if one.startswith("-")))
            else:
                file.write_text(block.text)
                self.come += counted(block.text)
                self.gone += counted(present)

    def padstone(self, number: int) -> str:
        """Runs the commands that a step shows, in one process; what they print."""
        commands = [
            shlex.split(line) for line in re.findall(r"(?m)^\$ padstone (.+)$", part(number))
        ]
        done = subprocess.run(
            [sys.executable, "-c", RUN_ALL, json.dumps(commands)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx2.AsyncClient]:
        """On the application as it is now, started."""
        forget()
        app = import_module("app.main").app
        add_forgetful(app)
        async with AsyncExitStack() as stack:
            state = await stack.enter_async_context(app.router.lifespan_context(app))
            client = Running(app, state or {}).client()
            yield await stack.enter_async_context(client)
            if state is None:
                await import_module("app.core.db").engine.dispose()


def forget() -> None:
    for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
        del sys.modules[name]


def add_forgetful(app: Any) -> None:
    """A route that forgets to commit, as routes do."""
    models, db = import_module("app.models"), import_module("app.core.db")

    async def forgetful(session: db.SessionDep, email: str) -> None:  # type: ignore[name-defined]
        session.add(models.User(email=email, is_active=True, token=email))

    app.add_api_route("/forgetful", forgetful, methods=["POST"])


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(25):
        while not await condition():  # it is another process's doing
            await asyncio.sleep(0.02)


@pytest.fixture
def adopted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    blank_database: str,
    test_services: TestServices,
) -> Any:
    folder = tmp_path / "bookmarks"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(DOCS / "examples" / "bookmarks", folder, ignore=ignored)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("DATABASE_URL", blank_database)
    monkeypatch.setenv("DATABASE_POOL_MIN_SIZE", "0")
    yield Adopted(folder, test_services)
    forget()


@pytest.fixture
async def psql(blank_database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(blank_database.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def test_every_step_does_what_the_page_says(
    adopted: Adopted, psql: asyncpg.Connection
) -> None:
    alembic = [sys.executable, "-m", "alembic", "upgrade", "head"]
    migrate = asyncio.to_thread(subprocess.run, alembic, cwd=adopted.folder, check=True)
    table = []
    async with adopted.client() as client:
        assert (await client.get("/health")).json() == {"status": "ok"}, "with no table at all"
        await migrate
        ann = await signed_in(client, "ann@example.com")
        assert await makes(client, ann, "https://a.example") == 201
        assert await forgets(client, psql, "lost@example.com")
        assert await makes(client, ann, "https://a.example") == 500

    for number, check in enumerate(CHECKS, 1):
        adopted.take(number)
        table.append((TITLES[number - 1], adopted.come, adopted.gone))
        await check(adopted, psql)
    said = re.findall(r"^\| \[(\d\. [^]]+)\]\(#\S+\) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
    gone = counted((DOCS / "examples/bookmarks/tests/conftest.py").read_text())
    table[-1] = (*table[-1][:2], gone)
    assert [(title, int(come), int(went)) for title, come, went in said] == table
    assert max(come for _, come, _ in table) <= MOST


async def signed_in(client: httpx2.AsyncClient, email: str) -> dict[str, str]:
    made = await client.post("/users", json={"email": email})
    assert made.status_code == 201, made.text
    return {"X-API-Key": made.json()["token"]}


async def makes(client: httpx2.AsyncClient, headers: dict[str, str], url: str) -> int:
    body = {"url": url, "title": "A"}
    return (await client.post("/bookmarks", json=body, headers=headers)).status_code


async def forgets(client: httpx2.AsyncClient, psql: asyncpg.Connection, email: str) -> bool:
    answer = await client.post("/forgetful", params={"email": email})
    assert answer.status_code == 200
    return not await psql.fetchval("SELECT count(*) FROM users WHERE email = $1", email)


async def database(adopted: Adopted, psql: asyncpg.Connection) -> None:
    async with adopted.client() as client:
        ann = await signed_in(client, "ann1@example.com")
        assert await makes(client, ann, "https://b.example") == 201
        assert not await forgets(client, psql, "kept@example.com")
        names = await psql.fetch("SELECT application_name FROM pg_stat_activity")
        assert any(name.startswith("bookmarks") for (name,) in names)


async def problems(adopted: Adopted, _: asyncpg.Connection) -> None:
    async with adopted.client() as client:
        ann = await signed_in(client, "ann2@example.com")
        assert await makes(client, ann, "https://a.example") == 409
        missing = "/bookmarks/0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
        answer = await client.get(missing, headers=ann)
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.json()["code"], answer.json()["detail"]) == (
            "not_found",
            "Bookmark not found",
        )
        answer = await client.post("/bookmarks", json={"url": ""}, headers=ann)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.title")
        document = (await client.get("/openapi.json")).json()
        assert "ErrorResponse" in document["components"]["schemas"]


async def health(adopted: Adopted, psql: asyncpg.Connection) -> None:
    async with adopted.client() as client:

        async def readiness() -> int:
            return (await client.get("/health/ready")).status_code

        assert await readiness() == 200
        name = await psql.fetchval("SELECT current_database()")
        # Those who are connected are sent away, and nobody new comes in.
        admin = await asyncpg.connect(adopted.services.admin_url.replace("+asyncpg", ""))
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await psql.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

        async def is_down() -> bool:
            return await readiness() == 503

        async def is_up() -> bool:
            return await readiness() == 200

        await until(is_down)
        assert (await client.get("/health/live")).status_code == 200
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await admin.close()
        await until(is_up)


async def migrations(adopted: Adopted, psql: asyncpg.Connection) -> None:
    await psql.execute("DROP TABLE bookmarks, users, alembic_version")
    async with adopted.client() as client:
        answer = await client.get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["dependencies"]["migrations"]["status"] == "down"
    racing = [asyncio.to_thread(adopted.padstone, 4) for _ in range(2)]
    told = "".join(await asyncio.gather(*racing))
    assert told.count("applied 3f0c2a9d1e55") == 1
    async with adopted.client() as client:
        assert (await client.get("/health/ready")).status_code == 200


async def keys(adopted: Adopted, psql: asyncpg.Connection) -> None:
    await asyncio.to_thread(adopted.padstone, 5)
    async with adopted.client() as client:
        ann = await signed_in(client, "ann@example.com")
        assert ann["X-API-Key"].startswith("sk_live_")
        assert await makes(client, ann, "https://a.example") == 201
        bearer = {"Authorization": f"Bearer {ann['X-API-Key']}"}
        assert await makes(client, bearer, "https://b.example") == 201
        answer = await client.post("/bookmarks", json={}, headers={"X-API-Key": "sk_live_no"})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        await psql.execute("UPDATE users SET is_active = false")

        async def is_refused() -> bool:
            return await makes(client, ann, "https://c.example") == 401

        await until(is_refused)


async def plugin(adopted: Adopted, _: asyncpg.Connection) -> None:
    (adopted.folder / "tests" / "conftest.py").unlink()
    services = adopted.services
    given = {**services.storage, "DATABASE_URL": services.admin_url}
    given["REDIS_URL"] = services.redis_url
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", "-p", "no:cacheprovider"],
        cwd=adopted.folder,
        # Those of this run, since others would take seconds to start.
        env=os.environ | {f"PADSTONE_TEST_{name}": value for name, value in given.items()},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "3 passed" in done.stdout, done.stdout + done.stderr


CHECKS = [database, problems, health, migrations, keys, plugin]


def test_a_step_that_does_not_fit_is_noticed() -> None:
    with pytest.raises(AssertionError, match="not in the file once"):
        edited("a\n", " b\n+c\n")
    assert edited("a\nb\n", " a\n-b\n+c\n") == "a\nc\n"
