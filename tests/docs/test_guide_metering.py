"""The guide's tables are made, and its call is made and paid."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from sqlalchemy import text

from chats import ask
from padstone.credits import append_only_sql, audit
from padstone.db import Database
from padstone.metering import Bounds, Meter, OpenedMeter
from padstone.migrations.triggers import triggers_sql
from padstone.providers import EchoProvider, Router

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "metering.md").read_text()
SNIPPETS: dict[str, str] = dict(re.findall(r"```python file=(\S+)\n(.*?)```", GUIDE, re.DOTALL))


def run(name: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": name}
    exec(compile(SNIPPETS[name], name, "exec"), names)  # noqa: S102  # it is what is tested
    return names


@pytest_asyncio.fixture
async def models(database: Database) -> AsyncIterator[dict[str, Any]]:
    names = run("models.py")
    metadata = names["Base"].metadata
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        for statement in (*triggers_sql(metadata), *append_only_sql("credit_entries")):
            await connection.execute(text(statement))
    yield names


async def test_the_guides_call_is_paid(models: dict[str, Any], database: Database) -> None:
    async with database.session() as session:
        account = models["Account"]()
        session.add(account)
        await session.flush()
        await models["ledger"].grant(session, account.id, 1_000_000, key="funds")
    meter, router = OpenedMeter(models["meter"], database), Router({"echo": EchoProvider()})
    answer = run("calling.py")["answer"](meter, router, account.id, ask("echo", "Hello there."))
    assert "".join([word async for word in answer]) == "Hello there."
    async with database.session() as session:
        cost = 3 * 2.5 + 3 * 10  # tokens read and written, in micros
        paid = text("SELECT charged_micros FROM metered_calls WHERE status = 'settled'")
        assert (await session.execute(paid)).scalar_one() == -(-cost // 1)
        assert not await audit(session, models["ledger"])


def test_the_numbers_of_the_guide_are_those_of_the_code(models: dict[str, Any]) -> None:
    bounds, meter = Bounds(), Meter(models["ledger"], models["MeteredCall"])
    said = {int(number) for number in re.findall(r"\b\d+\b", GUIDE.partition("## Who leaves")[2])}
    assert {int(bounds.linger), int(bounds.stall), bounds.buffer, int(meter.progress)} <= said
