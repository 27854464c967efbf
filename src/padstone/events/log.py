"""Events that are kept: numbered within their stream, in the order in which they were committed.

A reader asks for what comes after the last number that it has seen. It would miss an event for good
if a smaller number were committed after a greater one. So whoever appends takes a lock of the
stream and holds it until its transaction ends; the next number is given out when the last one is
there for all to see, or was never used.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import (
    ARRAY,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from padstone.db import ReadSession
from padstone.errors import FieldError, ValidationError
from padstone.events.columns import EventColumns
from padstone.events.errors import EventsExpiredError, StreamEndedError
from padstone.events.event import Event

__all__ = ["EventLog", "LoggedEvent"]

_QUOTED = postgresql.dialect().identifier_preparer.format_table  # type: ignore[no-untyped-call]  # SQLAlchemy's own

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:stream, 0))")

# The notification is part of the statement, and reaches others when the transaction is committed.
_APPEND = """
WITH last AS (
    SELECT sequence, kind FROM {table} WHERE stream_id = :stream_id ORDER BY sequence DESC LIMIT 1
), appended AS (
    INSERT INTO {table} (stream_id, sequence, kind, payload)
    SELECT :stream_id, coalesce((SELECT sequence FROM last), 0) + 1, :kind, :payload
    WHERE NOT EXISTS (SELECT FROM last WHERE kind = ANY(:terminal))
    RETURNING sequence, created_at
)
SELECT sequence, created_at, pg_notify(:channel, :stream) FROM appended
"""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event as it is kept."""

    stream_id: UUID
    sequence: int
    kind: str
    payload: Mapping[str, Any]
    created_at: datetime

    def as_event(self) -> Event:
        """As a stream sends it: its number is what a client says when it comes again."""
        return Event(self.payload, event=self.kind, id=str(self.sequence))


@dataclass(frozen=True)
class EventLog:
    """The events of a table. A declaration, like the table; nothing is opened.

    An event whose kind is among ``terminal`` is the last of its stream. Events are kept for
    ``keep``, and the last one of a stream that goes on for longer, since it holds the number.
    """

    model: type[EventColumns]
    terminal: Collection[str] = ()
    keep: timedelta = field(default=timedelta(days=7))

    @property
    def table(self) -> Table:
        """The table of the events."""
        found = self.model.__dict__.get("__table__")
        if not isinstance(found, Table):
            raise TypeError(f"{self.model.__name__} is not the mapped class of a table")
        return found

    @property
    def channel(self) -> str:
        """What PostgreSQL notifies on: the payload is the id of a stream that has new events."""
        return f"events_{self.table.name}"

    async def append(
        self,
        session: AsyncSession,
        stream_id: UUID,
        kind: str,
        payload: Mapping[str, Any] | BaseModel | None = None,
    ) -> LoggedEvent:
        """Appends an event in the caller's transaction; readers see it when that is committed.

        Others who append to the stream wait until then. Raises ``StreamEndedError`` after a
        terminal event. Under REPEATABLE READ the transaction may have to be repeated.
        """
        if isinstance(payload, BaseModel):
            payload = payload.model_dump(mode="json")
        payload = dict(payload or {})
        await session.flush()  # a row that the stream's refers to may still wait to be written
        await session.execute(_LOCK, {"stream": f"{self.channel} {stream_id}"})
        # A statement of its own: one that waits for a lock sees the world as it was before.
        appended = await session.execute(
            self._append(),
            {
                "stream_id": stream_id,
                "kind": kind,
                "payload": payload,
                "terminal": list(self.terminal),
                "channel": self.channel,
                "stream": str(stream_id),
            },
        )
        row = appended.one_or_none()
        if row is None:
            raise StreamEndedError
        return LoggedEvent(stream_id, row.sequence, kind, payload, row.created_at)

    async def read(
        self, session: AsyncSession | ReadSession, stream_id: UUID, *, after: int, limit: int
    ) -> Sequence[LoggedEvent]:
        """Up to ``limit`` events that come after the number ``after``, in their order."""
        model = self.model
        rows = await session.execute(
            select(model.sequence, model.kind, model.payload, model.created_at)
            .where(model.stream_id == stream_id, model.sequence > after)
            .order_by(model.sequence)
            .limit(limit)
        )
        return [LoggedEvent(stream_id, *row) for row in rows]

    async def check(
        self, session: AsyncSession | ReadSession, stream_id: UUID, after: int | None
    ) -> None:
        """Whether a reader who has seen ``after`` would miss nothing.

        Raises ``EventsExpiredError`` where it would, and ``ValidationError`` for a number that the
        stream has not reached. To be called before the answer begins.
        """
        if not after:
            return
        row = (await session.execute(self._ends(stream_id))).one()
        if row.first is None or row.first > after + 1:
            raise EventsExpiredError
        if row.last < after:
            message = "is no id of an event of this stream; leave it out to begin at the beginning"
            raise ValidationError(errors=[FieldError("header.Last-Event-ID", message)])

    async def purge(self, session: AsyncSession, *, limit: int = 10_000) -> int:
        """Deletes up to ``limit`` events whose time is over; how many."""
        # The subquery is carried out once: PostgreSQL may look at one with a limit for each row.
        overdue = self._overdue(limit).cte("overdue").prefix_with("MATERIALIZED")
        model = self.model
        deleted = await session.scalars(
            delete(model)
            .where(model.stream_id == overdue.c.stream_id, model.sequence == overdue.c.sequence)
            .returning(model.sequence)
            .execution_options(synchronize_session=False)
        )
        return len(deleted.all())

    def _append(self) -> Any:
        name = _QUOTED(self.table)
        return text(_APPEND.format(table=name)).bindparams(
            bindparam("payload", type_=JSONB), bindparam("terminal", type_=ARRAY(Text))
        )

    def _ends(self, stream_id: UUID) -> Select[Any, Any]:
        model = self.model
        numbers = func.min(model.sequence).label("first"), func.max(model.sequence).label("last")
        return select(*numbers).where(model.stream_id == stream_id)

    def _overdue(self, limit: int) -> Select[Any, Any]:
        model, later = self.model, aliased(self.model)
        has_later = exists().where(
            later.stream_id == model.stream_id, later.sequence > model.sequence
        )
        return (
            select(model.stream_id, model.sequence)
            .where(
                and_(
                    model.created_at < func.now() - self.keep,
                    or_(model.kind.in_(list(self.terminal)), has_later),
                )
            )
            .order_by(model.created_at, model.sequence)
            .limit(limit)
            .with_for_update(of=model, skip_locked=True)
        )
