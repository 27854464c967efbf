"""What the README shows is so."""

import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from padstone.cli.program import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
PAGES = [
    page
    for pattern in ("*.md", "docs/**/*.md", "systems/*/**/*.md", "templates/*/**/*.md")
    for page in ROOT.glob(pattern)
    if not {"node_modules", ".pytest_cache"} & set(page.parts)  # what others wrote
]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


async def test_the_smallest_application_works() -> None:
    [snippet] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(snippet, "README.md", "exec"), names)  # noqa: S102  # it is what is tested
    transport = httpx2.ASGITransport(app=names["app"])  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/hello")).json() == "world"
        assert (await client.get("/docs")).status_code == 200


@pytest.mark.parametrize(
    "target", ["setup", "dev", "test", "check", "fmt", "docs", "bench", "clean"]
)
def test_make_help_lists_every_target(target: str) -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"make {target}" in re.sub(r"\x1b\[\d*m", "", done.stdout)


def test_every_command_that_is_shown_exists() -> None:
    shown = {
        word
        for page in PAGES
        for word in re.findall(r"(?:`|\$ |run )padstone ([a-z]+)", page.read_text())
    }
    assert shown
    assert shown <= {command.name for command in COMMANDS}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_package_imports_nothing_slow() -> None:
    code = "import sys, padstone; print(sorted({'fastapi', 'sqlalchemy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_ci_runs_what_the_readme_says() -> None:
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in script if line.startswith("make ")]
    assert commands == ["make check", "make test"]
    assert all(f"$ {command}" in README or f"`{command}`" in README for command in commands)
