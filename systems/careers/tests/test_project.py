"""What the project file promises to those who do not use uv, and to whoever counts lines."""

import re
import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).resolve().parents[1] / "pyproject.toml").read_text())


def test_d1_poetry_reads_the_same_project() -> None:
    poetry = PROJECT["tool"]["poetry"]
    assert poetry["package-mode"] is False
    # What uv takes from the workspace, Poetry takes from the same folder.
    assert PROJECT["tool"]["uv"]["sources"] == {"padstone": {"workspace": True}}
    development = poetry["group"]["dev"]["dependencies"]
    for padstone in (poetry["dependencies"]["padstone"], development["padstone"]):
        assert (padstone["path"], padstone["develop"]) == ("../..", True)
    wanted = PROJECT["dependency-groups"]["dev"]
    assert set(development) == {re.split(r"[\[>]", line)[0] for line in wanted}


def test_c9_nine_tenths_are_covered_branches_counted() -> None:
    coverage = PROJECT["tool"]["coverage"]
    assert coverage["run"]["branch"] is True
    assert coverage["report"]["fail_under"] >= 90
