"""Two kinds of session: one that writes in a transaction, one that only reads."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from padstone.models import hide_deleted

__all__ = ["ReadSession", "WriteSession", "after_commit"]


class _SyncSession(Session):
    """A session of ours, so that the rules below bind no session of anybody else's."""


class _SyncReadSession(_SyncSession):
    """A session that refuses to write."""


class WriteSession(AsyncSession):
    """One transaction. Whoever opened the session commits it."""

    sync_session_class = _SyncSession


class ReadSession(AsyncSession):
    """Reads without BEGIN and ROLLBACK: each statement sees the database as it is at that moment.

    For what must be consistent over several statements, use a writing session.
    """

    sync_session_class = _SyncReadSession


hide_deleted(_SyncSession)


@event.listens_for(_SyncReadSession, "before_flush")
def _refuse(session: Session, _context: Any, _instances: Any) -> None:
    if session.new or session.dirty or session.deleted:
        raise RuntimeError(
            "A read session was asked to write. Take SessionDep where the request changes rows."
        )


def after_commit(session: AsyncSession, action: Callable[[], None]) -> None:
    """Calls ``action`` once, right after the session's transaction is committed.

    Not when a savepoint is released, and never when the transaction is undone.
    """
    pending = True

    def committed(session: Session) -> None:
        nonlocal pending
        if pending and not session.in_nested_transaction():
            pending = False
            action()

    def ended(_session: Session, transaction: SessionTransaction) -> None:
        nonlocal pending
        pending = pending and transaction.parent is not None

    event.listen(session.sync_session, "after_commit", committed)
    event.listen(session.sync_session, "after_transaction_end", ended)
