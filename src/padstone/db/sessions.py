"""Two kinds of session: one that writes in a transaction, one that only reads."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import TextClause, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from padstone.models import hide_deleted

__all__ = ["ReadSession", "WriteSession", "after_commit"]

_REFUSAL = "A read session was asked to write. Take SessionDep where the request changes rows."


class _SyncSession(Session):
    """A session of ours, so that the rules below bind no session of anybody else's."""


class _SyncReadSession(_SyncSession):
    """A session that refuses to write."""


class WriteSession(AsyncSession):
    """One transaction. Whoever opened the session commits it."""

    sync_session_class = _SyncSession


class ReadSession(AsyncSession):
    """Reads without BEGIN and ROLLBACK: each statement sees the database as it is at that moment.

    For what must be consistent over several statements, or is to be locked, use a writing session.
    A flush, an INSERT, UPDATE or DELETE and a lock are refused with ``RuntimeError``; a function of
    the database that writes is beyond its sight.
    """

    sync_session_class = _SyncReadSession


hide_deleted(_SyncSession)


_READS = re.compile(r"\s*(?:select|with|values|table|show|explain)\b", re.IGNORECASE).match


@event.listens_for(_SyncReadSession, "before_flush")
def _refuse_flush(session: Session, _context: Any, _instances: Any) -> None:
    if session.new or session.dirty or session.deleted:
        raise RuntimeError(_REFUSAL)


@event.listens_for(_SyncReadSession, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    statement = state.statement
    if isinstance(statement, TextClause):
        reads = _READS(statement.text) is not None
    else:
        # Without a transaction a lock would be given up before the answer is here.
        locks = getattr(statement, "_for_update_arg", None) is not None
        reads = not (state.is_insert or state.is_update or state.is_delete or locks)
    if not reads:
        raise RuntimeError(_REFUSAL)


def after_commit(session: AsyncSession, action: Callable[[], None]) -> None:
    """Calls ``action`` once, right after the session's transaction is committed.

    Not when a savepoint is released, and never when the transaction is undone, or a savepoint in
    which this was asked for.
    """
    pending = True
    around = set(_and_outer(session.sync_session.get_nested_transaction()))

    def committed(session: Session) -> None:
        nonlocal pending
        if pending and not session.in_nested_transaction():
            pending = False
            action()

    def undone(_session: Session, transaction: SessionTransaction) -> None:
        nonlocal pending
        pending = pending and transaction not in around

    def ended(_session: Session, transaction: SessionTransaction) -> None:
        nonlocal pending
        pending = pending and transaction.parent is not None

    event.listen(session.sync_session, "after_commit", committed)
    event.listen(session.sync_session, "after_soft_rollback", undone)
    event.listen(session.sync_session, "after_transaction_end", ended)


def _and_outer(transaction: SessionTransaction | None) -> Iterator[SessionTransaction]:
    while transaction is not None:
        yield transaction
        transaction = transaction.parent
