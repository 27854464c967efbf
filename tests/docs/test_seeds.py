"""Every claim of docs/seeds.md and docs/promises.md names a file and a test that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Tests that stand in the library, and run where they are taken over.
CONTRACT = ROOT / "src" / "padstone" / "testing" / "contract"
TAKEN_OVER = "from padstone.testing.contract import *"
_ROW = re.compile(
    r"^\| (?P<claim>[^|]+) \| `(?P<file>[^`]+)` \| `(?P<test>[^`]+)` \|$", re.MULTILINE
)


def _claims() -> list[tuple[str, str, str]]:
    return [
        (row["claim"], row["file"], row["test"])
        for page in ("seeds.md", "promises.md")
        for row in _ROW.finditer((ROOT / "docs" / page).read_text())
    ]


@pytest.mark.parametrize(("claim", "file", "test"), _claims())
def test_a_claim_names_what_exists(claim: str, file: str, test: str) -> None:
    assert (ROOT / file).is_file()
    path, _, name = test.partition("::")
    text = (ROOT / path).read_text()
    if TAKEN_OVER in text:
        text += "".join(file.read_text() for file in sorted(CONTRACT.glob("*.py")))
    assert re.search(rf"^ *(async )?def {re.escape(name)}\(", text, re.MULTILINE), claim


def test_there_are_claims() -> None:
    assert len(_claims()) > 40
