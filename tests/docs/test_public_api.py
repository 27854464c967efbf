"""The reference of the public API has every public name, with its words."""

import importlib
import re

import pytest

import padstone
from guided import page, script

api = script("public_api")
ROOMS = api.rooms()


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_there_with_its_words(room: str) -> None:
    text = page(f"reference/api/{room}.md")
    told = dict(re.findall(r"(?ms)^## (\S+)\n(.*?)(?=^## |\Z)", text))
    assert list(told) == list(importlib.import_module(room).__all__)
    for name, words in told.items():
        prose = re.sub(r"(?ms)^```.*?^```$|^### .*", "", words).strip()
        assert prose, f"{name} has no docstring"


def test_every_room_that_offers_something_is_there() -> None:
    listed = re.findall(
        r"^\| \[`([\w.]+)`\]\(\1\.md\) \| \S", page("reference/api/README.md"), re.MULTILINE
    )
    assert listed == ROOMS
    assert len(ROOMS) > 40
    for name in padstone.__all__:
        assert f"`{name}`" in page("reference/api/README.md")


def test_a_signature_is_as_it_is_written() -> None:
    text = page("reference/api/padstone.credits.md")
    assert "async def Ledger.hold(\n    session: AsyncSession,\n    account_id: UUID,\n" in text
    assert "    lifetime: timedelta,\n" in text
    assert "Ledger(*, account: type[CreditAccountColumns]" in text


def test_private_things_are_left_out() -> None:
    for room in ROOMS:
        assert not re.search(r"(?m)^##+ (\w+\.)?_", page(f"reference/api/{room}.md"))
