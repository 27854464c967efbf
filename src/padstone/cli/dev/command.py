"""The command itself: services, systems, table, and then watching until somebody stops it."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from padstone.cli.dev.board import Board
    from padstone.cli.dev.child import Child
    from padstone.cli.dev.discover import DevSystem

__all__ = ["dev"]


def dev(
    system: Annotated[str | None, typer.Option(help="Only this system.")] = None,
    reload: Annotated[bool, typer.Option(help="Restart a server when its code changes.")] = True,  # noqa: FBT002
    parent: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Start every system of this checkout on real services."""
    from padstone.cli.dev.discover import discover

    systems = discover(Path.cwd(), system)
    raise typer.Exit(asyncio.run(_run(systems, reload=reload, parent=parent)))


async def _run(systems: list[DevSystem], *, reload: bool, parent: int | None) -> int:
    from padstone import devservices
    from padstone.cli.dev.board import Board

    board = Board()
    board.know([system.name for system in systems])
    stop = _stop_event(parent)
    # One lease of this process keeps the services up while servers restart.
    with await asyncio.to_thread(
        devservices.attach, systems[0].name, progress=board.progress
    ) as lease:
        board.services(lease.services, await asyncio.to_thread(devservices.status))
        for note in lease.services.notes:
            board.progress(note)
        children = _children(systems, board)
        try:
            return await _until_stopped(board, children, stop, reload=reload)
        finally:
            await asyncio.gather(*(child.stop() for child in children))


def _children(systems: list[DevSystem], board: Board) -> list[Child]:
    from padstone.cli.dev.child import Child
    from padstone.cli.dev.discover import choose_port

    taken: set[int] = set()
    children = []
    for system in systems:
        port = choose_port(system.port, taken)
        if port != system.port:
            board.progress(f"{system.name}: port {system.port} is taken, so it is on {port}.")
        children.append(Child(system, port, board.line))
    return children


async def _until_stopped(
    board: Board, children: list[Child], stop: asyncio.Event, *, reload: bool
) -> int:
    board.progress(f"Starting {', '.join(child.system.name for child in children)} …")
    starting = asyncio.ensure_future(_start(children))
    stopped = asyncio.ensure_future(stop.wait())
    waiting: set[asyncio.Future[Any]] = {starting, stopped}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        return 0
    try:
        await starting
    except (ChildProcessError, TimeoutError) as error:
        board.error(str(error))
        return 1
    board.systems(children)
    if reload:
        await _reload(board, children, stop)
    await stop.wait()
    return 0


async def _start(children: list[Child]) -> None:
    await asyncio.gather(*(child.start() for child in children))


async def _reload(board: Board, children: list[Child], stop: asyncio.Event) -> None:
    from watchfiles import PythonFilter, awatch

    import padstone

    library = Path(padstone.__file__).parent
    folders = {child.system.folder: child for child in children}
    async for changes in awatch(
        library,
        *(folder / part for folder in folders for part in ("app", "alembic")),
        watch_filter=PythonFilter(),
        stop_event=stop,
    ):
        paths = [Path(path) for _, path in changes]
        touched = [
            child
            for folder, child in folders.items()
            if any(path.is_relative_to(folder) or path.is_relative_to(library) for path in paths)
        ]
        for child in touched:
            board.progress(f"{child.system.name}: {paths[0].name} changed, restarting …")
        await asyncio.gather(*(child.restart() for child in touched))


def _stop_event(parent: int | None) -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    if parent is not None:
        _watch_parent(parent, stop, loop)
    return stop


def _watch_parent(parent: int, stop: asyncio.Event, loop: asyncio.AbstractEventLoop) -> None:
    # `make` cannot tell us that it was killed, so we look.
    if os.getppid() == parent:
        loop.call_later(0.5, _watch_parent, parent, stop, loop)
    else:
        stop.set()
