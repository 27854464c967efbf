"""What uvicorn is told, and what each process of it does before it serves."""

import contextlib
import gc
import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.config import STARTUP_FAILURE

from padstone import log
from padstone.cli.parent import end_with
from padstone.cli.serve.connection import Connection
from padstone.errors import PadstoneError
from padstone.settings import Settings

__all__ = ["METRICS_FOLDER", "Config", "failing_in_the_log"]

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder in which the workers' numbers meet."""


class Config(uvicorn.Config):
    """uvicorn's configuration. A worker process gets a copy, and begins with its ``load``."""

    def __init__(self, settings: Settings, *, workers: int = 1, is_hasty: bool = False) -> None:
        self._level = settings.LOG_LEVEL
        self._form = settings.LOG_FORMAT
        self._grace = settings.SHUTDOWN_GRACE_SECONDS
        self._delay = settings.SHUTDOWN_DELAY_SECONDS
        # How long the server waits, as it ends, for the first request of a connection, and for
        # another one. A browser asks again by itself, and a developer waits for the restart.
        self.fresh_seconds = min(1.0, self._grace / 2)
        self.idle_seconds = 0.0 if is_hasty else self.fresh_seconds
        super().__init__(
            "app.main:app",
            workers=workers,
            loop="auto",  # uvloop, where there is one
            http=Connection,
            ws="none",
            lifespan="on",
            access_log=False,  # the middleware writes a better line
            server_header=False,
            proxy_headers=False,  # the middleware trusts TRUSTED_PROXIES, and nobody by default
            timeout_graceful_shutdown=max(1, round(self._grace)),
            # Also how long a new worker may take to start, before a restart is given up.
            timeout_worker_healthcheck=60,
        )

    def configure_logging(self) -> None:
        """Our log in place of uvicorn's."""
        log.configure(level=self._level, form=self._form)

    def load(self) -> None:
        """Imports the application."""
        supervisor = multiprocessing.parent_process()
        if supervisor is not None:
            end_with(supervisor.join, patience=self._delay + self._grace + 1)
            _forget_dead_workers()
        # What is imported stays. Looking for garbage in it takes a tenth of the start, and later
        # would stop the event loop for a tenth of a second each time.
        gc.disable()
        with failing_in_the_log("the application cannot be imported"):
            super().load()
        gc.enable()
        gc.freeze()


@contextmanager
def failing_in_the_log(sentence: str) -> Iterator[None]:
    """An error of the application ends the process; the log has why, and the trace of a defect."""
    logger = structlog.get_logger("padstone.serve")
    # uvicorn knows by this status that starting a worker again is of no use.
    try:
        yield
    except PadstoneError as error:
        logger.error(sentence, reason=error.detail)  # noqa: TRY400  # the reason says it all
        sys.exit(STARTUP_FAILURE)
    except SystemExit:  # wrong settings, which have words of their own
        raise
    except Exception as error:
        logger.exception(sentence, exc_info=_from_application(error))
        sys.exit(STARTUP_FAILURE)


def _from_application(error: Exception) -> Exception:
    """The error without the steps that led into the application: those are not the reader's."""
    folder = str(Path.cwd())
    trace = error.__traceback__
    while trace is not None and not trace.tb_frame.f_code.co_filename.startswith(folder):
        trace = trace.tb_next
    if trace is None and not isinstance(error, SyntaxError):  # which names its line itself
        return error
    return error.with_traceback(trace)


def _forget_dead_workers() -> None:
    # Numbers of the moment, such as connections in use, end with their process. A killed one
    # leaves them behind, and this process is started in its place.
    folder = os.environ.get(METRICS_FOLDER)
    for file in Path(folder).glob("gauge_live*_*.db") if folder else ():
        pid = int(file.stem.rpartition("_")[2])
        with contextlib.suppress(FileNotFoundError):  # another new worker was quicker
            if not _lives(pid):
                mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
