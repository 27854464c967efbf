"""Queries skip deleted rows. A query that wants them says so."""

from typing import Any

from sqlalchemy import Select, event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from padstone.models.mixins import SoftDeleted

__all__ = ["INCLUDE_DELETED", "hide_deleted", "living"]

INCLUDE_DELETED = {"include_deleted": True}
"""``execution_options=INCLUDE_DELETED`` makes a query see deleted rows too."""


def hide_deleted(session_class: type[Session]) -> None:
    """Makes every ORM query of ``session_class`` skip deleted rows, relationships included.

    SQL in text and statements on a ``Table`` see every row, and ``session.get`` gives back what the
    session holds already without a query.
    """
    event.listen(session_class, "do_orm_execute", _skip_deleted)


# Made once: making it costs more than the rest of the way to the statement's cache.
_LIVING = with_loader_criteria(
    SoftDeleted, lambda cls: cls.deleted_at.is_(None), include_aliases=True
)


def _skip_deleted(state: ORMExecuteState) -> None:
    if state.is_column_load or state.execution_options.get("include_deleted"):
        return
    if state.is_select or state.is_update or state.is_delete:
        state.statement = state.statement.options(_LIVING)


def living(statement: Select[Any]) -> Select[Any]:
    """``statement`` as our sessions run it: without deleted rows, unless it asks for them."""
    if statement.get_execution_options().get("include_deleted"):
        return statement
    return statement.options(_LIVING)
