"""The guide's rows go in and come out as it is printed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from padstone.settings import DatabaseSettings
from padstone.testing.running import run
from padstone.transfer.cells import ABSENT, read_cell, write_cell

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "rows.md").read_text()
SNIPPETS: dict[str, str] = dict(re.findall(r"```\w+ file=(\S+)\n(.*?)```", GUIDE, re.DOTALL))
CELLS = dict(re.findall(r"^\| `(.+?)` \| (.+) \|$", GUIDE, re.MULTILINE))


async def test_the_route_of_the_guide_answers_as_printed(
    make_app: Any, blank_database: str
) -> None:
    names: dict[str, Any] = {}
    exec(compile(SNIPPETS["routes.py"], "routes.py", "exec"), names)  # noqa: S102  # it is what is tested
    settings = DatabaseSettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0)
    app = make_app(names["router"], settings=settings)
    async with run(app, settings) as running, running.client() as client:
        answer = await client.post(
            "/words/import",
            params={"mode": "best_effort"},
            content="text;length\nlamp;4\nchair;5\ntable;\n",
            headers={"Content-Type": "text/csv"},
        )
    assert answer.json() == json.loads(SNIPPETS["report.json"])


@pytest.mark.parametrize(
    ("cell", "value"), [(r"\N", None), ("'", ""), ("'=1+1", "=1+1"), ("-5", "-5")]
)
def test_the_cells_of_the_guide_mean_what_it_says(cell: str, value: str | None) -> None:
    assert cell in CELLS
    assert read_cell(cell) == value
    assert read_cell("") is ABSENT
    assert write_cell("=1+1") == "'=1+1"
    assert write_cell(-5) == "-5"
