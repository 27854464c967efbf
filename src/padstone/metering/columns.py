"""The columns of a system's table of metered calls.

A call is written when its cost is reserved and changed when it is settled. The table is also the
customers' usage: who spent how much on which model. A system adds the foreign key to its accounts::

    class MeteredCall(Identified, MeteredCallColumns, Timestamped, Base):
        __tablename__ = "metered_calls"
        account_id: Mapped[UUID] = mapped_column(
            ForeignKey("accounts.id", ondelete="CASCADE"), index=True
        )
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Table, func, text
from sqlalchemy.orm import Mapped, mapped_column

__all__ = ["CallStatus", "MeteredCallColumns"]


class CallStatus(StrEnum):
    """A call is open until it is settled, or released because nothing came of it; once."""

    OPEN = "open"
    SETTLED = "settled"
    RELEASED = "released"


class MeteredCallColumns:
    """One call: what was reserved for it, what it used, what it cost. Amounts are micros."""

    if TYPE_CHECKING:
        id: Mapped[UUID]
        account_id: Mapped[UUID]

    # No foreign key: an erased account's rows go in any order.
    hold_id: Mapped[UUID | None] = mapped_column(
        comment="The hold on its credits; null where it is free."
    )
    model: Mapped[str] = mapped_column(comment="The model that was asked.")
    status: Mapped[str] = mapped_column(
        server_default=CallStatus.OPEN.value, comment="open, settled or released."
    )
    # As they were then: a price that changes meanwhile is the next call's.
    prompt_price_micros: Mapped[int] = mapped_column(
        comment="For a million tokens that are read, when the call began."
    )
    completion_price_micros: Mapped[int] = mapped_column(
        comment="For a million tokens that are written, when the call began."
    )
    reserved_micros: Mapped[int] = mapped_column(comment="The most that it can cost.")
    charged_micros: Mapped[int] = mapped_column(
        server_default=text("0"), comment="What was paid in the end."
    )
    uncovered_micros: Mapped[int] = mapped_column(
        server_default=text("0"), comment="What it cost beyond that, which nobody pays."
    )
    prompt_tokens: Mapped[int] = mapped_column(
        server_default=text("0"), info={"touch": False}, comment="Tokens read, so far."
    )
    completion_tokens: Mapped[int] = mapped_column(
        server_default=text("0"), info={"touch": False}, comment="Tokens written, so far."
    )
    is_estimate: Mapped[bool] = mapped_column(
        server_default=text("true"),
        info={"touch": False},
        comment="Whether the tokens were estimated, since nobody counted them.",
    )
    seen_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(),
        info={"touch": False},
        comment="When its process last said that it is at work on it.",
    )
    ended_at: Mapped[datetime | None] = mapped_column(comment="When it was settled or released.")

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table = cls.__dict__.get("__table__")
        if isinstance(table, Table):
            for name, condition in _CONDITIONS.items():
                table.append_constraint(CheckConstraint(condition, name=name))
            Index(
                f"ix_{table.name}_seen_at_open",
                table.c.seen_at,
                postgresql_where=text("status = 'open'"),
            )


_CONDITIONS = {
    "tokens_not_negative": "prompt_tokens >= 0 AND completion_tokens >= 0",
    "prices_not_negative": "prompt_price_micros >= 0 AND completion_price_micros >= 0",
    "charged_at_most_reserved": "charged_micros BETWEEN 0 AND reserved_micros",
    "uncovered_not_negative": "uncovered_micros >= 0",
    "held_where_reserved": "(hold_id IS NULL) = (reserved_micros = 0)",
    "end_follows_status": """\
CASE status WHEN 'open' THEN ended_at IS NULL AND charged_micros = 0
WHEN 'released' THEN ended_at IS NOT NULL AND charged_micros = 0
WHEN 'settled' THEN ended_at IS NOT NULL ELSE false END""",
}
