"""The columns of a system's table of events."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

__all__ = ["EventColumns"]


class EventColumns:
    """One event of one stream.

    A system that has a row for each stream may declare ``stream_id`` anew, as a part of the primary
    key that refers to it and is deleted with it.
    """

    stream_id: Mapped[UUID] = mapped_column(primary_key=True, comment="Whose events these are.")
    sequence: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="1, 2, 3, … within the stream."
    )
    kind: Mapped[str] = mapped_column(comment="What happened.")
    payload: Mapped[dict[str, Any]]
    # Not the transaction's time: a long one may append many.
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), index=True)
