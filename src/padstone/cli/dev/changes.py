"""Files that a developer saves, and the servers that run their code."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from padstone.cli.dev.discover import DevSystem

__all__ = ["folders", "follow"]


class Changeable(Protocol):
    """What is told of a change."""

    system: DevSystem

    def changed(self, name: str) -> None:
        """Takes the name of the file."""


async def follow(servers: Sequence[Changeable], library_changed: Callable[[], None]) -> None:
    """Tells each server of the files it runs, until it is cancelled. Tests are none of them.

    ``library_changed`` is told first where the file is one of this library's. Raises ``OSError``
    where the system has no more watches to give.
    """
    from watchfiles import PythonFilter, awatch

    library = _library()
    watched = {folder for server in servers for folder in folders(server.system)} | {library}
    async for changes in awatch(*watched, watch_filter=PythonFilter()):
        paths = [Path(path) for _, path in sorted(changes)]
        if any(_of(paths, [library])):
            library_changed()
        for server in servers:
            for path in _of(paths, (*folders(server.system), library)):
                server.changed(path.name)


def folders(system: DevSystem) -> Iterator[Path]:
    """The folders of a system that its server runs."""
    yield from filter(Path.is_dir, (system.folder / "app", system.folder / "alembic"))


def _library() -> Path:
    import padstone

    return Path(padstone.__file__).parent


def _of(paths: Iterable[Path], folders: Iterable[Path]) -> Iterator[Path]:
    return (path for path in paths if any(path.is_relative_to(folder) for folder in folders))
