"""The guide to the contract says what there is, and its code is code."""

import re
from pathlib import Path
from typing import Any

from padstone.testing import contract

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "contract.md"


def test_the_guide_names_every_attribute() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.MULTILINE)
    said = {name for name in vars(contract.World) if name in contract.World.__annotations__}
    assert set(rows) == said
    assert len(rows) == len(said)


def test_the_guides_code_is_what_a_system_writes() -> None:
    found: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
        exec(compile(code, PAGE.name, "exec"), found)  # noqa: S102  # it is what is tested
    taken = {name for name in found if name.startswith("test_")}
    assert taken == {name for name in contract.__all__ if name.startswith("test_")}
    assert issubclass(found["World"], contract.World)
    assert found["World"].order_id.__is_row__
