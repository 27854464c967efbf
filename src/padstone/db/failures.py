"""What a failure of PostgreSQL means, in the words of ``padstone.errors``.

The five characters are SQLSTATE codes (PostgreSQL manual, appendix A).
"""

import re
import socket
from collections.abc import Iterator

from asyncpg.exceptions import (
    InterfaceError,
    InternalClientError,
    InvalidCachedStatementError,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from padstone.errors import (
    ConflictError,
    FieldError,
    PadstoneError,
    UnavailableError,
    ValidationError,
)

__all__ = [
    "is_disconnect",
    "is_retryable",
    "is_transient",
    "name_of",
    "refuses_tls",
    "sqlstate_of",
    "translate",
]

_RETRYABLE = {"40001", "40P01"}  # serialization failure, deadlock: the same work may succeed now
_NOT_NOW = {
    "40001": "Too many changes at the same time.",
    "40P01": "Too many changes at the same time.",
    "25006": "The database is read-only just now.",
    "25P03": "The database ended a transaction that stood still.",
    "25P04": "The database ended a transaction that took too long.",
    "53300": "The database has no free connection.",
    "55P03": "Somebody else holds a lock on what this request changes.",
    "57014": "The database took too long to answer.",
    "57P01": "The database is shutting down.",
    "57P02": "The database is restarting.",
    "57P03": "The database is starting.",
    "57P05": "The database closed an idle connection.",
}
_HANGS_UP = {"25P03", "25P04", "57P01", "57P02", "57P03", "57P05"}  # the server closes after it
_NETWORK = (ConnectionError, TimeoutError, socket.gaierror, EOFError)
_KEY = re.compile(r"Key \((.+?)\)=\(").match  # other languages name the constraint only


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = getattr(error, "orig", None) or error.__cause__


def sqlstate_of(error: BaseException | None) -> str | None:
    """The SQLSTATE behind ``error``, whoever has wrapped it; ``None`` where there is none."""
    for link in _chain(error):
        state = getattr(link, "sqlstate", None)
        if isinstance(state, str):
            return state
    return None


def name_of(error: BaseException) -> str:
    """What happened, for a log: the driver's name for it, the SQLSTATE and the constraint.

    PostgreSQL's own words are no good there, since they repeat values.
    """
    *_, driver = _chain(error)
    parts = (type(driver).__name__, sqlstate_of(error), getattr(driver, "constraint_name", None))
    return " ".join(part for part in parts if isinstance(part, str))


def is_retryable(error: BaseException) -> bool:
    """Whether PostgreSQL undid the transaction for the sake of others, and it may be run again."""
    return sqlstate_of(error) in _RETRYABLE or _is_outdated(error)


def _is_outdated(error: BaseException) -> bool:
    # A migration has changed a table since the statement was prepared. SQLAlchemy hides the
    # SQLSTATE of this one, and has all connections prepare anew.
    return any(isinstance(link, InvalidCachedStatementError) for link in _chain(error))


def is_disconnect(error: BaseException | None) -> bool:
    """Whether the connection is gone or unusable, as opposed to the statement being wrong."""
    state = sqlstate_of(error)
    if state is not None:
        return state.startswith("08") or state in _HANGS_UP
    for link in _chain(error):
        # An internal error of the driver leaves its connection in a state nobody knows. One is
        # usual: the server has said good-bye and not hung up yet.
        if isinstance(link, (*_NETWORK, InternalClientError)):
            return True
        if isinstance(link, InterfaceError):
            return "connection" in str(link)
    return False


def is_transient(error: BaseException) -> bool:
    """Whether waiting may help: nobody answers yet, or the server is starting or full."""
    state = sqlstate_of(error)
    if refuses_tls(error):
        return False
    return is_disconnect(error) or state in _NOT_NOW or isinstance(error, PoolTimeoutError)


def refuses_tls(error: BaseException) -> bool:
    """Whether a server said that it has no TLS where the settings ask for it."""
    return type(error) is ConnectionError and "SSL" in str(error)


def translate(error: BaseException) -> PadstoneError | None:
    """What the caller should be told of ``error``; ``None`` where it is a defect of ours."""
    if isinstance(error, _NETWORK):
        return UnavailableError()  # it may not have been the database
    reason = _why_not_now(error)
    if reason is not None:
        return UnavailableError(reason)
    state = sqlstate_of(error)
    if state is not None and isinstance(error, SQLAlchemyError):
        return _of_data(state, error)
    return None


def _why_not_now(error: BaseException) -> str | None:
    if isinstance(error, PoolTimeoutError):
        return "All database connections are busy."
    state = sqlstate_of(error) or ""
    if state in _NOT_NOW:
        return _NOT_NOW[state]
    if _is_outdated(error):
        return "The database has just been migrated."
    is_down = is_disconnect(error) or state[:2] in {"08", "28", "3D", "53", "58"}
    return "The database does not answer." if is_down else None


class AlreadyExistsError(ConflictError):
    code = "already_exists"
    detail = "Another resource has this value already."


class StillReferencedError(ConflictError):
    code = "still_referenced"
    detail = "Another resource refers to this one, or this one refers to one that is gone."


def _of_data(state: str, error: SQLAlchemyError) -> PadstoneError | None:
    column = _attribute(error, "column_name")
    fields = [FieldError(column, "cannot be stored as given")] if column else []
    if state == "23505":
        return AlreadyExistsError(errors=_unique_fields(error))
    if state in {"23001", "23503"}:
        return StillReferencedError()
    if state == "23P01":
        return ConflictError()
    # Pydantic lets through what PostgreSQL refuses: NUL in text, a number beyond 32 bits.
    if state[:2] == "22" or state in {"23502", "23514"}:
        return ValidationError(errors=fields)
    return None


def _unique_fields(error: SQLAlchemyError) -> list[FieldError]:
    # "Key (tenant_id, lower(email))=(…) already exists.": the names only, never the values.
    found = _KEY(_attribute(error, "detail"))
    return [FieldError(found[1], "is taken", "already_exists")] if found else []


def _attribute(error: SQLAlchemyError, name: str) -> str:
    if isinstance(error, DBAPIError):
        for link in _chain(error.orig):
            value = getattr(link, name, None)
            if isinstance(value, str):
                return value
    return ""
