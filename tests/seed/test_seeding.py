"""What a seed function works with."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from padstone.seed import Seeding


async def test_a_long_seeding_tells_how_far_it_is(
    seeding: Seeding, models: tuple[type[Any], ...], told: list[str]
) -> None:
    rows = [{"slug": f"c{number}", "name": "C"} for number in range(1500)]
    await seeding.rows(models[0], rows, key="slug")
    assert told == ["categories: 1,000 of 1,500 rows …", "categories: 1,500 of 1,500 rows …", ""]


def test_a_secret_is_made_once_and_kept_to_its_owner(seeding: Seeding, tmp_path: Path) -> None:
    assert seeding.remember("key", lambda: "one") == "one"
    assert seeding.remember("key", lambda: "two") == "one"
    assert seeding.credentials == {"key": "one"}
    file = tmp_path / "demo" / "tiny.json"
    assert json.loads(file.read_text()) == {"key": "one"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("damaged", ["{", "[1]"])
def test_a_damaged_file_is_written_anew(seeding: Seeding, tmp_path: Path, damaged: str) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "tiny.json").write_text(damaged)
    assert seeding.remember("key", lambda: "new") == "new"
    assert seeding.remember("key", lambda: "newer") == "new"
