"""The command itself: one process, or several that share a socket."""

import errno
import gc
import logging
import os
import signal
import socket
from functools import partial
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from padstone.cli.parent import end_with, stdin_closed
from padstone.cli.system import System, load
from padstone.errors import UnavailableError

if TYPE_CHECKING:
    from padstone.cli.serve.config import Config
    from padstone.cli.serve.server import OnServing
    from padstone.settings import Settings

__all__ = ["serve"]


def serve(
    host: Annotated[str | None, typer.Option(help="The address; default: HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; default: PORT.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes.")] = 1,
    under_dev: Annotated[tuple[int, int] | None, typer.Option(hidden=True)] = None,
    seed: Annotated[bool, typer.Option(hidden=True)] = False,  # noqa: FBT002
) -> None:
    """Serve the system of the current folder."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    gc.disable()  # until all is imported: see Config.load
    system = load()
    from uvicorn.config import STARTUP_FAILURE

    try:
        status = (
            _serve(system, host, port, workers)
            if under_dev is None
            else _serve_under_dev(system, *under_dev, seed=seed)
        )
    except SystemExit as end:
        if end.code != STARTUP_FAILURE:
            raise
        status = 1
    raise typer.Exit(status)


def _leave(*_: object) -> NoReturn:
    # Whoever asks a server to end gets a clean end, from the first moment on. uvicorn has a handler
    # of its own while it serves, and sends itself the signal once more when it is done.
    raise SystemExit(0)


def _settings(system: System) -> "Settings":
    from padstone import log
    from padstone.cli.serve.config import failing_in_the_log

    log.configure(form="console")  # until the settings say how
    with failing_in_the_log("the settings cannot be imported"):
        return system.settings


def _serve(system: System, host: str | None, port: int | None, workers: int) -> int:
    from padstone.cli.serve.address import bind, explain, url_of
    from padstone.cli.serve.config import Config

    settings = _settings(system)
    host = settings.HOST if host is None else host
    port = settings.PORT if port is None else port
    config = Config(settings, workers=workers)
    try:
        with bind(host, port) as bound:
            if workers > 1:
                return _run_workers(config, bound)
            return _run(config, bound, partial(_announce, url_of(bound)))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        # Somebody else was quicker between our binding and our listening.
        raise UnavailableError(explain(error, host, port)) from error


def _run(config: "Config", bound: socket.socket, on_serving: "OnServing") -> int:
    from padstone.cli.serve.server import Server

    Server(config, on_serving).run(sockets=[bound])
    return 0


async def _announce(url: str, _state: object) -> None:
    import structlog

    structlog.get_logger("padstone.serve").info("serving", url=url)


def _run_workers(config: "Config", bound: socket.socket) -> int:
    from uvicorn.config import STARTUP_FAILURE
    from uvicorn.supervisors import Multiprocess

    from padstone.cli.serve.config import METRICS_FOLDER

    gc.enable()  # the workers import what there is to import
    # Two commands may bind, and one may listen: the loser should know before it has workers.
    bound.listen(config.backlog)
    with TemporaryDirectory(prefix="padstone-metrics-") as folder:
        # Each worker writes its numbers there, so that /metrics of any of them speaks for all.
        os.environ.setdefault(METRICS_FOLDER, folder)
        supervisor = Multiprocess(config, sockets=[bound])
        supervisor.run()
    return 1 if any(one.exitcode == STARTUP_FAILURE for one in supervisor.processes) else 0


def _serve_under_dev(system: System, listener: int, pipe: int, *, seed: bool) -> int:
    """Serves on the socket of ``padstone dev``, until our standard input closes as dev ends."""
    from padstone.cli.serve.config import Config
    from padstone.cli.serve.report import report

    with socket.socket(fileno=listener) as bound:
        # Where the port of the settings was taken: links in mails lead here.
        os.environ["PORT"] = str(bound.getsockname()[1])
        settings = _settings(system)
        end_with(stdin_closed, patience=settings.SHUTDOWN_GRACE_SECONDS + 1)
        config = Config(settings, is_hasty=True)
        # Its steps on the way up and down would drown what a developer looks for.
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        return _run(config, bound, partial(report, system, descriptor=pipe, seed=seed))
