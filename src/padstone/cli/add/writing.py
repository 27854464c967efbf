"""Writing files so that on an error everything is as it was."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

__all__ = ["formatted", "written"]


@contextmanager
def written(folder: Path, texts: Mapping[str, str]) -> Iterator[None]:
    """Writes ``texts`` by their paths. An error within the block undoes all of it."""
    before = {path: _present(folder / path) for path in texts}
    made: list[Path] = []
    try:
        for path, text in texts.items():
            file = folder / path
            made += [one for one in (file.parent, *file.parent.parents) if not one.exists()]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        yield
    except BaseException:
        for path, old in before.items():
            if old is None:
                (folder / path).unlink(missing_ok=True)
            else:
                (folder / path).write_bytes(old)
        for one in sorted(made, reverse=True):
            one.rmdir()
        raise


def formatted(folder: Path, paths: list[str]) -> None:
    """Lets the project's own formatter have its way with ``paths``, where it is installed."""
    if find_spec("ruff") is None:
        return
    # The first also sorts what was added to imports and lists of names.
    sorting = ["check", "--quiet", "--fix-only", "--no-cache", "--select", "I,RUF022"]
    for command in (sorting, ["format", "--quiet", "--no-cache"]):
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "ruff", *command, *paths],
            cwd=folder,
            check=False,
            capture_output=True,
        )


def _present(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None
