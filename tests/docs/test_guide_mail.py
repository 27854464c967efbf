"""The guide's mail is sent, and read, as it is printed."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from padstone.settings import MailSettings
from padstone.testing.mailbox import Mailbox

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "mail.md").read_text()
SNIPPETS: dict[str, str] = dict(re.findall(r"```python file=(\S+)\n(.*?)```", GUIDE, re.DOTALL))


def run(name: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(SNIPPETS[name], name, "exec"), names)  # noqa: S102  # it is what is tested
    return names


@pytest_asyncio.fixture
async def client(started: Any, mailbox: Mailbox) -> AsyncIterator[Any]:
    settings = MailSettings(MAIL_URL=mailbox.url, MAIL_FROM="Shop <hello@shop.example>")
    async with started(run("routes.py")["router"], settings=settings) as opened:
        yield opened


async def test_the_test_of_the_guide_passes(client: Any, mailbox: Mailbox) -> None:
    await run("test_mail.py")["test_an_invitation_leads_to_the_door"](client, mailbox)


def test_the_task_of_the_guide_is_there() -> None:
    names = run("services.py")
    assert list(names["jobs"].tasks) == ["send_mail"]


def test_the_settings_of_the_guide_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    [printed] = re.findall(r"```text\n(.*?)```", GUIDE, re.DOTALL)
    for line in printed.splitlines():
        monkeypatch.setenv(*line.split("=", 1))
    assert MailSettings().MAIL_FROM == "Shop <hello@shop.example>"
