"""The line that each request leaves, made by hand where that makes the same line."""

import time
from collections.abc import Callable
from typing import Any

import orjson
import structlog

from padstone.log.bindings import binds_besides
from padstone.log.outlet import Outlet
from padstone.log.redact import is_harmless, redact

__all__ = ["ACCESS", "AccessLog"]

Fields = dict[str, Any]
Write = Callable[[Fields], None]

_EVENT = "request"
_TEXTS = ("method", "path", "route", "client", "request_id", "actor")

_log = structlog.get_logger("padstone.access")


class AccessLog:
    """Writes what structlog would write of a request, without its processors.

    That holds while structlog is configured as ``log.configure`` has left it, in JSON, and the
    application has bound nothing of its own. Otherwise structlog writes the line.
    """

    def __init__(self) -> None:
        self._outlet: Outlet | None = None
        self._configuration: dict[str, Any] = {}
        self._write: Write | None = None
        self._second = 0
        self._stamp = ""

    def follow(self, outlet: Outlet | None, *, is_silent: bool) -> None:
        """Takes structlog's present configuration as known. Without an outlet it is for people."""
        if self._outlet is not None:
            self._outlet.release()
        self._outlet = outlet
        configuration = structlog.get_config()
        # A copy, since a test that captures lines changes the list itself.
        self._configuration = configuration | {"processors": list(configuration["processors"])}
        self._write = self._by_hand if outlet is not None else _by_structlog
        if is_silent:
            self._write = None

    def hold(self) -> None:
        """Lines may wait a moment from now on, since there will be a ``release``."""
        if self._outlet is not None:
            self._outlet.hold()

    def release(self) -> None:
        """No line waits any more."""
        if self._outlet is not None:
            self._outlet.release()

    def writer(self) -> Write | None:
        """What writes a request's fields; nothing where the level leaves such lines out."""
        return self._write if structlog.get_config() == self._configuration else _by_structlog

    def _by_hand(self, fields: Fields) -> None:
        if self._outlet is None or binds_besides(fields):
            _by_structlog(fields)
            return
        # One look at all of them: a word that is in any of them is in their sum.
        if not is_harmless(" ".join([str(fields[name]) for name in _TEXTS if name in fields])):
            fields.update({name: redact(fields[name]) for name in _TEXTS if name in fields})
        fields["event"] = _EVENT
        fields["level"] = "info"
        fields["time"] = self._now()
        self._outlet.add(orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE))

    def _now(self) -> str:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._second = second
        return f"{self._stamp}.{int((now - second) * 1e6):06d}Z"


def _by_structlog(fields: Fields) -> None:
    _log.info(_EVENT, **fields)


ACCESS = AccessLog()
"""The access log of this process, as structlog's configuration is of this process."""
