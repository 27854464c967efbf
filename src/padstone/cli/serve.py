"""``padstone serve``: the system of the current folder, as it runs in production."""

import os
import signal
import sys
import tempfile
import threading
from typing import Annotated

import typer

from padstone.cli.system import load

__all__ = ["serve"]


def serve(
    host: Annotated[str | None, typer.Option(help="The address; default: HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; default: PORT.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes.")] = 1,
    until_stdin_closes: Annotated[bool, typer.Option(hidden=True)] = False,  # noqa: FBT002
) -> None:
    """Serve the system of the current folder."""
    import uvicorn

    from padstone import log

    system = load()
    settings = system.settings
    log.configure(level=settings.LOG_LEVEL, form=settings.LOG_FORMAT)
    if until_stdin_closes:
        _end_with_parent()
    if workers > 1 and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        # Each worker writes its numbers there, so that /metrics of any of them speaks for all.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="padstone-metrics-")
    uvicorn.run(
        "app.main:app",
        app_dir=str(system.folder),
        host=host or settings.HOST,
        port=settings.PORT if port is None else port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,  # our own, which is set already
        access_log=False,  # the middleware writes a better line
        server_header=False,
        timeout_graceful_shutdown=max(1, round(settings.SHUTDOWN_GRACE_SECONDS)),
    )


def _end_with_parent() -> None:
    """Ends this process when its standard input closes: also when the parent was killed."""

    def watch() -> None:
        while sys.stdin.buffer.read(1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(4.0)
        os._exit(1)  # the polite way did not work, and nobody is left to insist

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
