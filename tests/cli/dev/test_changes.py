import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from padstone.cli.dev import changes
from padstone.cli.dev.changes import follow
from padstone.cli.dev.discover import DevSystem


class Told:
    """A server that only listens to what is said."""

    def __init__(self, folder: Path) -> None:
        for part in ("app/api", "alembic/versions", "tests"):
            (folder / part).mkdir(parents=True)
        self.system = DevSystem(folder.name, "1", folder, 8000)
        self.names: list[str] = []
        self.renewed_before: list[int] = []

    def changed(self, name: str) -> None:
        self.names.append(name)

    def renewed(self) -> None:
        self.renewed_before.append(len(self.names))


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    monkeypatch.setattr(changes, "_library", lambda: folder)
    return folder


@pytest.fixture
async def followed(tmp_path: Path, library: Path) -> AsyncIterator[list[Told]]:
    told = [Told(tmp_path / "shop"), Told(tmp_path / "accounts")]
    task = asyncio.create_task(follow(told, told[0].renewed))
    first = library / "first.py"

    def save() -> bool:
        first.write_text("")  # until somebody is looking
        return "first.py" in told[0].names

    await until(save)
    yield told
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.1)


async def test_a_systems_file_is_told_to_that_system(followed: list[Told]) -> None:
    shop, accounts = followed
    (shop.system.folder / "tests" / "test_it.py").touch()
    (shop.system.folder / "app" / "notes.txt").touch()
    (shop.system.folder / "app" / "__pycache__").mkdir()
    (shop.system.folder / "app" / "__pycache__" / "main.py").touch()
    for name in ("app/api/deps.py", "alembic/versions/0001.py", "app/last.py"):
        (shop.system.folder / name).touch()
        await until(lambda: Path(name).name in shop.names)  # noqa: B023
    assert set(shop.names) == {"first.py", "deps.py", "0001.py", "last.py"}
    assert set(accounts.names) == {"first.py"}
    assert len(shop.renewed_before) <= shop.names.count("first.py"), "for the library's file alone"


async def test_the_librarys_file_is_told_to_all(followed: list[Told], library: Path) -> None:
    (library / "engine.py").touch()
    await until(lambda: all("engine.py" in told.names for told in followed))
    told = followed[0]
    assert told.names.index("engine.py") in told.renewed_before, "first of all"


async def test_a_removed_file_is_a_change(followed: list[Told], library: Path) -> None:
    (library / "first.py").unlink()
    names = followed[0].names
    count = len(names)
    await until(lambda: len(names) > count)


def test_what_a_system_lacks_is_not_watched(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    system = DevSystem("bare", "1", tmp_path, 8000)
    assert list(changes.folders(system)) == [tmp_path / "app"]


def test_the_library_is_this_one() -> None:
    assert (changes._library() / "cli" / "dev" / "changes.py").is_file()
