import tomllib
from typing import Any

import pytest

from padstone.cli.new.manifest import adapted, tools_of
from padstone.cli.new.origin import Origin

TEXT = """\
[project]
name = "things"
dependencies = ["padstone[redis,s3]", "padstone-things>=1"]

[dependency-groups]
dev = ["padstone[dev,test]", "black>=26"]

[tool.uv.sources]
padstone = { workspace = true }

# The same for Poetry.
[tool.poetry]
package-mode = false

[tool.poetry.dependencies]
padstone = { path = "../.." }

[tool.poetryish]
# Of its own.
kept = true
lists = [
  "[tool.poetry]",
]

# Where it is served.
[tool.padstone]
port = 8000
"""
TOOLS = """\
[dependency-groups]
tools = [
  "mypy>=2.4",
  "ruff",
]

[tool.ruff]
line-length = 100
"""


def read(source: str | None, *left_out: str) -> dict[str, Any]:
    origin = Origin("0.1.0", "somewhere", source)
    return tomllib.loads(adapted(TEXT, TOOLS, origin, left_out))


def test_padstone_is_bounded_and_comes_from_where_it_came() -> None:
    project = read('{ path = "wheels/x.whl" }')
    assert project["project"]["dependencies"] == [
        "padstone[redis,s3]>=0.1.0,<0.2",
        "padstone-things>=1",
    ]
    assert project["tool"]["uv"]["sources"] == {"padstone": {"path": "wheels/x.whl"}}


def test_from_an_index_there_is_no_source() -> None:
    assert "uv" not in read(None)["tool"]


def test_the_tools_are_a_group_that_development_includes() -> None:
    project = read(None)
    assert project["dependency-groups"] == {
        "tools": ["mypy>=2.4", "ruff"],
        "dev": [{"include-group": "tools"}, "padstone[dev,test]>=0.1.0,<0.2", "black>=26"],
    }
    assert project["tool"]["ruff"] == {"line-length": 100}
    assert tools_of(TOOLS) == {"mypy", "ruff"}


def test_tables_are_left_out_with_what_is_said_of_them() -> None:
    text = adapted(TEXT, TOOLS, Origin("0.1.0", "somewhere"), ["tool.poetry"])
    assert "for Poetry" not in text
    assert "# Where it is served.\n[tool.padstone]" in text
    tool = tomllib.loads(text)["tool"]
    assert set(tool) == {"padstone", "poetryish", "ruff"}
    assert tool["poetryish"] == {"kept": True, "lists": ["[tool.poetry]"]}


def test_a_template_of_another_form_is_an_error() -> None:
    with pytest.raises(ValueError, match="lacks"):
        adapted("[project]\n", TOOLS, Origin("0.1.0", "somewhere"), [])
