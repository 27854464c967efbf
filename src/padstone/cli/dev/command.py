"""The command itself: services, systems, table, and then watching until somebody stops it."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from padstone.cli.failures import UsageError
from padstone.extras import require

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from padstone.cli.dev.board import Board
    from padstone.cli.dev.discover import DevSystem
    from padstone.cli.dev.forks import Forks
    from padstone.cli.dev.kept import Kept
    from padstone.cli.dev.server import Server
    from padstone.cli.dev.worker import Worker

__all__ = ["dev"]

_LAST_RESORT_SECONDS = 5.0


def dev(
    system: Annotated[str | None, typer.Option(help="Only this system.")] = None,
    reload: Annotated[bool, typer.Option(help="Restart a server when its code changes.")] = True,  # noqa: FBT002
    parent: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Start every system of this checkout on real services."""
    from padstone.cli.dev.discover import discover
    from padstone.cli.parent import end_with, parent_gone

    environment = os.environ.get("ENVIRONMENT") or "development"
    if environment != "development":
        raise UsageError(
            f"ENVIRONMENT is {environment}, and `padstone dev` is for development. Unset it, or "
            "serve with `padstone serve`."
        )
    require("dev")
    systems = discover(Path.cwd(), system)
    if parent is not None:
        # `make` cannot tell us that it was killed, so we look.
        end_with(partial(parent_gone, parent), patience=_LAST_RESORT_SECONDS)
    try:
        asyncio.run(_run(systems, reload=reload))
    except BaseExceptionGroup as group:
        raise _first(group) from None


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _run(systems: list[DevSystem], *, reload: bool) -> None:
    """Runs until a signal ends it, which is no failure, or raises what went wrong."""
    from padstone.cli.dev.board import Board

    board = Board([system.name for system in systems])
    with _stopped_by_signals(lambda: board.say("Stopping …")) as was_stopped:
        try:
            await _serve(board, systems, reload=reload)
        except asyncio.CancelledError:
            if not was_stopped():
                raise


async def _serve(board: Board, systems: list[DevSystem], *, reload: bool) -> None:
    from padstone.cli.dev.forks import Forks

    with closing(Forks()) as forks:
        servers = [_server(board, system, forks) for system in systems]
        workers = [_worker(board, server, forks) for server in servers]
        await _keep_up(board, servers, workers, forks if reload else None)


async def _keep_up(
    board: Board, servers: list[Server], workers: list[Worker], renewed: Forks | None
) -> None:
    from padstone import devservices
    from padstone.cli.dev.joined import join

    async with asyncio.TaskGroup() as group:
        with board.working(f"Starting {', '.join(server.system.name for server in servers)} …"):
            # Their imports take as long as the services do, and they find them by themselves.
            for kept in (*servers, *workers):
                group.create_task(kept.keep_up())
            if renewed is not None:
                group.create_task(_follow(board, [*servers, *workers], renewed))
            lease = await join(board.say)
            for server in servers:
                await server.started
        with lease:
            states = await asyncio.to_thread(devservices.status)
            board.table(lease.services, states, servers)
            await asyncio.Event().wait()  # until somebody stops it


@contextmanager
def _stopped_by_signals(say: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Lets a signal cancel the running task, once. Gives what tells whether one did."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None  # noqa: S101  # asyncio.run made one
    was_stopped = False

    def stop() -> None:
        nonlocal was_stopped
        if not was_stopped:  # a second Ctrl-C must not interrupt the stopping
            was_stopped = True
            task.cancel()
            say()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    yield lambda: was_stopped


def _server(board: Board, system: DevSystem, forks: Forks) -> Server:
    from padstone.cli.dev.address import listen
    from padstone.cli.dev.server import Server

    listener = listen(system.port)
    port = listener.getsockname()[1]
    if port != system.port:
        board.note(system.name, f"port {system.port} is taken, so it is on {port}")
    note, line = partial(board.note, system.name), partial(board.line, system.name)
    return Server(system, forks, listener, note, line)


def _worker(board: Board, server: Server, forks: Forks) -> Worker:
    from padstone.cli.dev.worker import Worker

    name = server.system.name
    return Worker(server, forks, partial(board.note, name), partial(board.line, name))


async def _follow(board: Board, processes: list[Kept], forks: Forks) -> None:
    from padstone.cli.dev.changes import follow

    try:
        await follow(processes, forks.renew)
    except OSError as error:
        board.say(f"Files cannot be watched, so nothing restarts by itself: {error}.")
