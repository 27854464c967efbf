"""A file imports what its code uses, in the order of the house."""

from padstone.cli.add.imports import with_imports


def test_only_what_is_used_is_imported() -> None:
    code = "class Item(Base):\n    date: Mapped[UUID]\n    note: Mapped[Other]\n"
    text = with_imports("Items.", code, {"Other": "app.models.other"})
    assert text == (
        '"""Items."""\n\nfrom uuid import UUID\n\nfrom sqlalchemy.orm import Mapped\n\n'
        "from app.models.base import Base\nfrom app.models.other import Other\n\n" + code
    )


def test_what_stands_in_a_text_or_is_made_here_is_not() -> None:
    code = 'class Base:\n    """UUID and\n    date."""\n\n\nx = "Decimal"\n'
    assert with_imports("Nothing.", code, {}) == f'"""Nothing."""\n\n{code}'


def test_the_client_stands_before_the_others() -> None:
    text = with_imports("A test.", "def f(w: World, c: httpx2.AsyncClient) -> Any: ...", {})
    assert text.splitlines()[2:6] == [
        "from typing import Any",
        "",
        "import httpx2",
        "from world import World",
    ]
