"""The guide's system takes files as it is printed."""

import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from padstone.app import Periodic
from padstone.db import Database
from padstone.files import Outcome
from padstone.migrations.triggers import triggers_sql
from padstone.settings import DatabaseSettings, StorageSettings
from padstone.storage import Storage
from padstone.testing.services import TestServices

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "files.md").read_text()
SNIPPETS: dict[str, str] = dict(re.findall(r"```python file=(\S+)\n(.*?)```", PAGE, re.DOTALL))


def run(name: str) -> ModuleType:
    module = ModuleType(name.removesuffix(".py"))
    exec(compile(SNIPPETS[name], name, "exec"), vars(module))  # noqa: S102  # it is what is tested
    return module


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("models")
    monkeypatch.setitem(sys.modules, "models", module)
    exec(compile(SNIPPETS["models.py"], "models.py", "exec"), vars(module))  # noqa: S102
    return module


@pytest_asyncio.fixture
async def state(
    models: Any, blank_database: str, test_services: TestServices
) -> AsyncIterator[dict[str, Any]]:
    database = Database(DatabaseSettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0))
    async with database.engine.begin() as connection:
        await connection.run_sync(models.Base.metadata.create_all)
        for statement in triggers_sql(models.Base.metadata):
            await connection.exec_driver_sql(statement)
    storage = Storage(StorageSettings(**test_services.storage, STORAGE_BUCKET="test-guide-files"))
    await storage.open()
    yield {"database": database, "storage": storage}
    await storage.delete_prefix("files/")
    await storage.close()
    await database.close()


async def test_the_system_of_the_guide_takes_files(state: dict[str, Any], make_app: Any) -> None:
    app = make_app(run("routes.py").router)

    async def opened(scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = dict(state)
        await app(scope, receive, send)

    transport = httpx2.ASGITransport(app=opened)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        form = [
            ("files", ("shop/a.md", b"# A")),
            ("files", ("shop/.git/HEAD", b"x")),
            ("files", ("b.png", b"no picture")),
            ("files", ("../c", b"x")),
        ]
        assert (await client.post("/files", files=form)).json() == {
            "shop/a.md": "accepted",
            "shop/.git/HEAD": "excluded",
            "b.png": "quarantined",
            "": "refused",
        }
        assert (await client.get("/files/shop/a.md")).text == "# A"
        assert (await client.get("/files/b.png")).status_code == 409
    for work in run("upkeep.py").upkeep:
        assert isinstance(work, Periodic)
        assert await work.work(state) == 0


async def test_the_text_of_the_guide_is_read() -> None:
    assert await run("text.py").text_of(b"words") == "(This is no PDF document.)"


def test_the_table_of_the_guide_is_complete() -> None:
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\|", PAGE, re.MULTILINE)
    assert {outcome for outcome, _ in rows} == set(Outcome)
    said = {code for _, codes in rows for code in re.findall(r"`(\w+)`", codes)}
    source = Path(__file__).resolve().parents[2] / "src" / "padstone" / "files"
    texts = (source / "reception.py").read_text() + (source / "paths.py").read_text()
    pattern = r'"(content_differs|excluded|file_\w+|upload_\w+|too_many_\w+|path_\w+)"'
    assert said == set(re.findall(pattern, texts))
