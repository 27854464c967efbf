"""The guide's resource works as it is printed, and is as short as it says."""

import ast
import io
import json
import re
import sys
import tokenize
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import text

from padstone.app import create_app
from padstone.auth import ApiKeyService
from padstone.db import Database
from padstone.migrations.triggers import triggers_sql
from padstone.settings import DatabaseSettings
from padstone.testing.running import run

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "resources.md").read_text()
FILES = dict(re.findall(r"```python file=(\S+)\n(.*?)```", GUIDE, re.DOTALL))
REQUESTS = re.findall(r"^(GET|POST|PATCH|DELETE) +(\S+) ?(\{.*\}|) +(\d{3})$", GUIDE, re.MULTILINE)
PACKAGE = "guide_of_resources"

BASE = '''\
"""What a system has already: users, here with API keys."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.auth import ApiKeyColumns, ApiKeys
from padstone.models import Identified, SoftDeleted, TableBase, Timestamped, new_metadata


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class User(Identified, Timestamped, SoftDeleted, Base):
    __tablename__ = "users"

    status: Mapped[str] = mapped_column(server_default="active")


class ApiKey(Identified, ApiKeyColumns, Timestamped, Base):
    __tablename__ = "api_keys"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))


api_keys = ApiKeys(
    model=ApiKey, owner=User, owner_column="user_id", is_active=User.status == "active", scopes=[]
)
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The guide's files, in a package whose name is nobody else's."""
    for name, source in {**FILES, "models/base.py": BASE}.items():
        file = tmp_path / PACKAGE / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source.replace("from app.", f"from {PACKAGE}."))
    monkeypatch.syspath_prepend(tmp_path)
    yield lambda name: import_module(f"{PACKAGE}.{name}")
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


@pytest_asyncio.fixture
async def clients(package: Any, blank_database: str) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """Two users of an application that has the guide's resource."""
    items, base = package("api.items").items, package("models.base")
    settings = DatabaseSettings(DATABASE_URL=blank_database)
    options: dict[str, Any] = {"title": "Guide", "version": "1", "api_keys": base.api_keys}
    app = create_app(settings, routers=[items.router], **options)
    async with run(app, settings) as running:
        database: Database = running.state["database"]
        async with database.engine.begin() as connection:
            await connection.run_sync(base.Base.metadata.create_all)
            for statement in triggers_sql(base.Base.metadata):
                await connection.execute(text(statement))
        made = []
        for _ in range(2):
            async with database.session() as session:
                user = base.User()
                session.add(user)
                await session.flush()
                keys = ApiKeyService(session, base.api_keys)
                made.append((await keys.create(user.id, name="k", scopes=[])).secret)
        async with (
            running.client(headers={"X-API-Key": made[0]}) as first,
            running.client(headers={"X-API-Key": made[1]}) as second,
        ):
            yield [first, second]


async def test_it_answers_as_it_says(clients: list[httpx2.AsyncClient]) -> None:
    mine, theirs = clients
    last = ""
    assert len(REQUESTS) == 20
    for method, path, body, status in REQUESTS:
        where = path.replace("{id}", last)
        sent = json.loads(body.replace("{id}", last)) if body else None
        answer = await mine.request(method, where, json=sent)
        assert answer.status_code == int(status), f"{method} {path} {body}: {answer.text}"
        if method == "POST" and answer.status_code == 201:
            last = answer.json()["id"]
        if "{id}" in path:
            other = await theirs.request(method, where, json=sent)
            assert other.status_code == (404 if int(status) != 422 else 422)


def code_lines(source: str) -> int:
    """Lines with code, without docstrings."""
    shown: set[int] = set()
    nothing = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in {*nothing, tokenize.ENDMARKER}:
            shown |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef) and ast.get_docstring(node) is not None:
            prose = node.body[0]
            shown -= set(range(prose.lineno, (prose.end_lineno or 0) + 1))
    return len(shown)


def test_it_is_as_short_as_it_says() -> None:
    tables = code_lines(FILES["models/item.py"]) + code_lines(FILES["schemas/item.py"])
    routes = code_lines(FILES["api/items.py"])
    assert f"| here | {tables} | {routes} | {tables + routes} |" in GUIDE
