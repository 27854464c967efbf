"""The one place that decides how lines look and where they go."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO, cast

import orjson
import structlog

from padstone.log.access import ACCESS
from padstone.log.outlet import Outlet
from padstone.log.redact import redact_event

__all__ = ["configure"]

# Loggers that would repeat what a line of our own says, or say too much.
_QUIET = {
    "alembic": logging.WARNING,
    "boto3": logging.WARNING,
    "botocore": logging.WARNING,
    "httpx2": logging.WARNING,  # it writes whole URLs
    "padstone.db.pool": logging.WARNING,  # SQLAlchemy's own logger, under the name of our class
    "uvicorn.access": logging.CRITICAL,
}

# Local variables hold passwords and rows, so a traceback shows none.
_TRACEBACK = structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=30)


def configure(
    *,
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO",
    form: Literal["json", "console"] = "json",
    stream: TextIO | None = None,
) -> None:
    """Sends all lines of this process, ours and the standard library's, to ``stream``.

    The stream is standard error by default, since a command's standard output belongs to its
    answer. Colour is used on a terminal only. Calling it again replaces the former configuration.
    """
    stream = stream if stream is not None else sys.stderr
    threshold = logging.getLevelNamesMapping()[level]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.StackInfoRenderer(),
    ]
    final = _final(form, stream)
    outlet = Outlet(stream) if form == "json" else None
    # All lines take one way, so that those of requests, which may wait, stay in order with others.
    way = stream if outlet is None else cast("TextIO", outlet)
    structlog.configure(
        processors=[*shared, *final],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(file=way),
        cache_logger_on_first_use=False,
    )
    ACCESS.follow(outlet, is_silent=threshold > logging.INFO)
    _bring_in_others(way, threshold, [*shared, structlog.stdlib.ExtraAdder(), _as_ours], final)


def _bring_in_others(
    stream: TextIO,
    threshold: int,
    before: list[structlog.typing.Processor],
    final: list[structlog.typing.Processor],
) -> None:
    """Gives the standard library's loggers one handler, whose lines look as ours do."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
        )
    )
    # The handler's own level holds also for loggers that have set theirs lower.
    handler.setLevel(threshold)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name, at_least in _QUIET.items():
        logging.getLogger(name).setLevel(at_least)


def _final(form: str, stream: TextIO) -> list[structlog.typing.Processor]:
    if form == "json":
        return [
            structlog.processors.ExceptionRenderer(_TRACEBACK),
            redact_event,
            structlog.processors.JSONRenderer(serializer=_json),
        ]
    return [
        structlog.processors.format_exc_info,
        redact_event,
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty(),
            timestamp_key="time",
            exception_formatter=structlog.dev.plain_traceback,
        ),
    ]


def _json(event: dict[str, Any], **_: Any) -> str:
    return orjson.dumps(event).decode()


def _as_ours(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    event["logger"] = event["_record"].name
    event.pop("color_message", None)  # uvicorn's event once more, for terminals
    return event
