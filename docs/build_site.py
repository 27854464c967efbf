"""Builds the guide as a site of static pages, in `site/`. `make docs` calls it.

The pages are written to be read in the repository as well. So what only a site wants is done to a
copy: the name of a snippet's file becomes its title, pictures become part of their page, and links
that leave `docs/` lead to the copy of that page, or become plain words.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath, relpath
from typing import Any

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
TEXTS = {".md", ".css", ".js", ".svg", ".png"}
NO_PAGES = {"__pycache__", "examples"}
# Pages of the repository that are part of the site, and where.
BESIDE = {
    "CHANGELOG.md": "project/changes.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
    "benchmarks/README.md": "project/benchmarks.md",
}

_FENCED = re.compile(r"^(```+).*?^\1$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^(```+\w+) file=(\S+)$", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[(?P<words>[^\]]*)\]\((?P<target>[^)#\s]*)(?P<anchor>#[^)\s]*)?\)")
_PICTURE = re.compile(r"^!\[(?P<words>[^\]]*)\]\((?P<target>\S*pictures/\S+\.svg)\)$", re.MULTILINE)
_STYLE = re.compile(r"<style>.*?</style>\s*", re.DOTALL)
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_WILD = re.compile(r'"([\w/]+)/\*"')


class NavigationError(Exception):
    """The menu and the pages do not agree."""


def pages() -> dict[str, Path]:
    """Every file of the site by its path there, with where it stands in the repository."""
    found = {
        str(file.relative_to(DOCS)): file
        for file in sorted(DOCS.rglob("*"))
        if file.suffix in TEXTS and not NO_PAGES & set(file.parts)
    }
    return found | {there: ROOT / here for here, there in BESIDE.items()}


def configuration() -> str:
    """The configuration, with each ``folder/*`` of the menu replaced by its pages."""

    def listed(match: re.Match[str]) -> str:
        folder = DOCS / match[1]
        names = sorted(folder.glob("*.md"), key=lambda page: (page.name != "README.md", page.name))
        return ", ".join(f'"{page.relative_to(DOCS)}"' for page in names)

    return _WILD.sub(listed, (DOCS / "zensical.toml").read_text())


def menu(configured: str) -> set[str]:
    """The pages that the menu leads to."""

    def leaves(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        else:
            for part in value.values() if isinstance(value, dict) else value:
                yield from leaves(part)

    return set(leaves(tomllib.loads(configured)["project"]["nav"]))


def check(configured: str) -> None:
    """Raises where a page stands in no menu, or a menu names a page that is not there."""
    written = {name for name in pages() if name.endswith(".md")}
    listed = menu(configured)
    problems = [f"in no menu: {name}" for name in sorted(written - listed)]
    problems += [f"in the menu, and not there: {name}" for name in sorted(listed - written)]
    if problems:
        raise NavigationError("docs/zensical.toml\n  " + "\n  ".join(problems))


def staged(text: str, here: str, there: str) -> str:
    """A page for the site. ``here`` is its path in the repository, and ``there`` in the site."""
    text = _PICTURE.sub(lambda match: _inlined(match, here), _FILE.sub(r'\1 title="\2"', text))
    parts, end = [], 0
    for block in _FENCED.finditer(text):
        parts += [_linked(text[end : block.start()], here, there), block[0]]
        end = block.end()
    return "".join((*parts, _linked(text[end:], here, there)))


def _linked(text: str, here: str, there: str) -> str:
    known = pages()

    def link(match: re.Match[str]) -> str:
        target = match["target"]
        if not target or "://" in target or target.startswith("mailto:"):
            return match[0]
        goal = normpath(f"{Path(here).parent.as_posix()}/{target}")
        place = {"README.md": "index.md", **BESIDE}.get(goal, goal.removeprefix("docs/"))
        if place not in known and (ROOT / goal).exists():
            return match["words"]  # something of the repository that the site does not have
        return f"[{match['words']}]({relpath(place, Path(there).parent)}{match['anchor'] or ''})"

    return _LINK.sub(link, text)


def _inlined(match: re.Match[str], here: str) -> str:
    # As a part of the page, a picture follows the page's scheme and not only the system's.
    picture = (ROOT / Path(here).parent / match["target"]).read_text()
    drawn = _STYLE.sub("", picture).replace("\n\n", "\n").strip()
    return f'<div class="picture" markdown="0">\n{drawn}\n</div>'


def write(folder: Path) -> None:
    """Writes configuration and pages, from which zensical builds."""
    configured = configuration()
    check(configured)
    (folder / "zensical.toml").write_text(configured)
    for there, file in pages().items():
        goal = folder / "pages" / there
        goal.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".md":
            goal.write_text(staged(file.read_text(), file.relative_to(ROOT).as_posix(), there))
        else:
            shutil.copyfile(file, goal)


def main() -> int:
    """Builds into `site/`, which is replaced only by a site without a warning."""
    zensical = Path(sys.executable).with_name("zensical")
    with tempfile.TemporaryDirectory(prefix="padstone-guide-") as name:
        folder = Path(name)
        write(folder)
        done = subprocess.run(  # noqa: S603
            [zensical, "build", "--strict"], cwd=folder, capture_output=True, text=True, check=False
        )
        built = sorted((folder / "site").rglob("*.html"))
        if done.returncode or not built:
            print(_COLOUR.sub("", done.stdout + done.stderr.partition("Traceback")[0]))
            return 1
        shutil.rmtree(ROOT / "site", ignore_errors=True)
        shutil.copytree(folder / "site", ROOT / "site")
    print(f"wrote: {len(built)} pages in site/; open site/index.html")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NavigationError as error:
        sys.exit(f"error: {error}")
