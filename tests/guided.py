"""What tests of the documentation share: its pages, their snippets, and the scripts beside them."""

import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

__all__ = ["DOCS", "ROOT", "imported", "page", "script", "snippets"]

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
_SNIPPET = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    """The text of a page, by its path in ``docs/``."""
    return (DOCS / name).read_text()


def snippets(name: str) -> dict[str, str]:
    """The snippets of a page that say which file they are."""
    return dict(_SNIPPET.findall(page(name)))


def script(name: str) -> ModuleType:
    """One of the scripts in ``docs/``, as a module."""
    with patch.object(sys, "path", [str(DOCS), *sys.path]):
        return importlib.import_module(name)


@contextmanager
def imported(folder: Path, files: dict[str, str]) -> Iterator[None]:
    """Writes files of a system; while the block runs, they can be imported as ``app…``."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    _forget()
    try:
        with patch.object(sys, "path", [str(folder), *sys.path]):
            yield
    finally:
        _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
        del sys.modules[name]
