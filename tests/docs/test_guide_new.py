"""What README and guide say of a new project is so."""

import re
from pathlib import Path

from padstone.cli.new.origin import Origin
from padstone.cli.new.project import contents
from padstone.cli.new.templates import TEMPLATES

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "guide" / "new.md").read_text()
README = (ROOT / "README.md").read_text()
# Beside every folder of modules, and every folder of revisions.
UNSAID = ("__init__.py", "script.py.mako")


def commands(page: str) -> list[str]:
    """The first console block, without what is remarked on it."""
    [block, *_] = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    return [line.removeprefix("$ ").split("#")[0].strip() for line in block.splitlines()]


def test_both_show_the_same_way() -> None:
    way = ["padstone new blog", "cd blog", "make dev"]
    assert commands(GUIDE) == way
    assert commands(README.partition("## Start your own\n")[2]) == way


def test_every_template_is_in_the_table() -> None:
    assert re.findall(r"(?m)^\| `(\w+)` \|", GUIDE) == list(TEMPLATES)


def test_the_shape_is_that_of_the_smallest() -> None:
    [block] = re.findall(r"```text\n(.*?)```", GUIDE, re.DOTALL)
    shown = [line.split("  ")[0] for line in block.splitlines()]
    made = {*contents(TEMPLATES["minimal"], "blog", Origin("0.1.0", "the index")), "uv.lock"}
    for path in shown:
        assert any(one.startswith(path) if path.endswith("/") else one == path for one in made), (
            path
        )
    folders = tuple(path for path in shown if path.endswith("/"))
    assert [
        path
        for path in sorted(made - set(shown))
        if not path.endswith(UNSAID) and not path.startswith(folders)
    ] == []
