"""What is bound for the time of one request, so that it stands in each of its lines."""

from collections.abc import Container
from contextvars import Context, ContextVar, copy_context
from typing import Any

from structlog.contextvars import STRUCTLOG_KEY_PREFIX, bind_contextvars

__all__ = ["bind_actor", "bind_request", "binds_besides"]


def _structlogs_own(name: str) -> ContextVar[Any]:
    """The variable by which structlog knows ``name``, whoever binds it."""
    return Context().run(lambda: bind_contextvars(**{name: None})[name].var)


_REQUEST_ID = _structlogs_own("request_id")
_ACTOR = _structlogs_own("actor")
_LENGTH = len(STRUCTLOG_KEY_PREFIX)
_UNBOUND = Ellipsis  # structlog's sign


def bind_request(request_id: str) -> None:
    """Binds the id, and nothing else: what an earlier request of this task has bound is gone.

    That is what structlog's ``clear_contextvars`` and ``bind_contextvars`` do together, at the
    price of one variable where nothing was bound.
    """
    for variable, value in copy_context().items():
        if value is not _UNBOUND and variable.name.startswith(STRUCTLOG_KEY_PREFIX):
            variable.set(_UNBOUND)
    _REQUEST_ID.set(request_id)


def bind_actor(actor: str) -> None:
    """Binds who is calling, beside whatever is bound."""
    _ACTOR.set(actor)


def binds_besides(names: Container[str]) -> bool:
    """Whether anything is bound that ``names`` do not hold, such as by the application."""
    for variable, value in copy_context().items():
        if value is _UNBOUND or variable is _REQUEST_ID:
            continue
        name = variable.name
        if name.startswith(STRUCTLOG_KEY_PREFIX) and name[_LENGTH:] not in names:
            return True
    return False
