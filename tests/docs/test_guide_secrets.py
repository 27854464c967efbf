"""The guide's secrets are sealed and opened as it is printed."""

import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from padstone.cli.program import COMMANDS
from padstone.crypto import errors
from padstone.settings import DatabaseSettings, EncryptionSettings
from padstone.testing.running import run
from started import MakeClient

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "secrets.md").read_text()
SNIPPETS: dict[str, str] = dict(re.findall(r"```python file=(\S+)\n(.*?)```", GUIDE, re.DOTALL))


class Settings(DatabaseSettings, EncryptionSettings):
    SYSTEM = "guide"


def module(name: str) -> ModuleType:
    made = ModuleType(name)
    made.__dict__["__name__"] = name
    sys.modules[name] = made
    exec(compile(SNIPPETS[f"{name}.py"], name, "exec"), made.__dict__)  # noqa: S102  # it is what is tested
    return made


@pytest_asyncio.fixture
async def system(
    make_app: MakeClient, blank_database: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Any, Any]]:
    """A client, and the database."""
    for name in ("models", "routes"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    models, routes = module("models"), module("routes")
    settings = Settings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0)
    app: Any = make_app(routes.router, settings=settings)
    async with run(app, settings) as running, running.client() as client:
        database = running.state["database"]
        async with database.engine.begin() as connection:
            await connection.run_sync(models.Base.metadata.create_all)
        yield client, database


async def test_what_the_guide_seals_it_opens(system: tuple[Any, Any]) -> None:
    client, database = system
    made = await client.post("/credentials", params={"service": "jobs.example"})
    assert made.status_code == 200, made.text
    assert (await client.post(f"/credentials/{made.json()}/use")).json() == len("hunter2")
    async with database.session() as session:
        raw = await session.scalar(text("SELECT secret FROM credentials"))
    assert b"hunter2" not in raw


def test_the_names_in_the_guide_are_there() -> None:
    for name in set(re.findall(r"`(\w+Error)`", GUIDE)):
        assert hasattr(errors, name), name
    assert "keys" in {command.name for command in COMMANDS}
    from padstone.cli.keys import keys

    known = {command.name for command in keys.registered_commands}
    assert set(re.findall(r"padstone keys ([\w-]+)", GUIDE)) <= known
