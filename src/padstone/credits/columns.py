"""The columns of a system's three tables for credits: the account, its entries, its holds.

Amounts are micros: millionths of a currency unit. Each mix-in brings its constraints along; a
system adds the foreign keys to its accounts::

    class Account(Identified, CreditAccountColumns, Timestamped, Base):
        __tablename__ = "accounts"

    class CreditEntry(Identified, CreditEntryColumns, Base):
        __tablename__ = "credit_entries"
        account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))

    class CreditHold(Identified, CreditHoldColumns, Timestamped, Base):
        __tablename__ = "credit_holds"
        account_id: Mapped[UUID] = mapped_column(
            ForeignKey("accounts.id", ondelete="CASCADE"), index=True
        )
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Identity, Index, Table, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

__all__ = [
    "CreditAccountColumns",
    "CreditEntryColumns",
    "CreditHoldColumns",
    "EntryKind",
    "HoldStatus",
]


class EntryKind(StrEnum):
    """What an entry did to the balance."""

    GRANT = "grant"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    REFUND = "refund"
    EXPIRE = "expire"


class HoldStatus(StrEnum):
    """A hold is open until it is captured or released, once."""

    OPEN = "open"
    CAPTURED = "captured"
    RELEASED = "released"


class CreditAccountColumns:
    """What an account can spend; what is held is subtracted already."""

    if TYPE_CHECKING:
        id: Mapped[UUID]

    # Entries say when these changed. A spender must not be in the way of somebody's If-Match.
    credits_balance_micros: Mapped[int] = mapped_column(
        server_default=text("0"),
        info={"touch": False},
        comment="What can be spent; the sum of the entries' deltas.",
    )
    credits_expire_at: Mapped[datetime | None] = mapped_column(
        info={"touch": False}, comment="When the next grant expires; null where none does."
    )

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if (table := _table_of(cls)) is not None:
            _check(table, "credits_balance_not_negative", "credits_balance_micros >= 0")
            Index(
                f"ix_{table.name}_credits_expire_at",
                table.c.credits_expire_at,
                postgresql_where=text("credits_expire_at IS NOT NULL"),
            )


class CreditEntryColumns:
    """One movement of one account's balance, never changed afterwards.

    A debit is a capture without a hold. ``append_only`` makes PostgreSQL refuse changes.
    """

    if TYPE_CHECKING:
        id: Mapped[UUID]
        account_id: Mapped[UUID]

    # Taken while the account is locked, so that within an account it is the order of events.
    sequence: Mapped[int] = mapped_column(
        Identity(always=True), comment="Grows from entry to entry of an account."
    )
    kind: Mapped[str] = mapped_column(comment="grant, hold, capture, release, refund or expire.")
    amount_micros: Mapped[int] = mapped_column(comment="What was moved; above 0.")
    delta_micros: Mapped[int] = mapped_column(comment="What it did to the balance.")
    balance_after_micros: Mapped[int] = mapped_column(comment="The balance it left.")
    key: Mapped[str] = mapped_column(comment="The caller's; one movement per account and key.")
    # No foreign keys: an erased account's rows go in any order.
    hold_id: Mapped[UUID | None] = mapped_column(comment="Of a hold, its capture or its release.")
    source_id: Mapped[UUID | None] = mapped_column(
        comment="The captured entry of a refund; the expired grant of an expiry."
    )
    expires_at: Mapped[datetime | None] = mapped_column(
        comment="When what is left of a grant expires; null is never."
    )
    reference: Mapped[str | None] = mapped_column(comment="What it was for, in the caller's words.")
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if (table := _table_of(cls)) is not None:
            table.append_constraint(UniqueConstraint("account_id", "key"))
            table.append_constraint(UniqueConstraint("account_id", "sequence"))
            _check(table, "amount_positive", "amount_micros > 0")
            _check(table, "balance_not_negative", "balance_after_micros >= 0")
            _check(table, "delta_follows_kind", _DELTA_FOLLOWS_KIND)
            _check(table, "grants_alone_expire", "expires_at IS NULL OR kind = 'grant'")
            Index(
                f"ix_{table.name}_source_id",
                table.c.source_id,
                postgresql_where=text("source_id IS NOT NULL"),
            )


class CreditHoldColumns:
    """An amount set aside until it is captured, released, or its time is over."""

    if TYPE_CHECKING:
        id: Mapped[UUID]
        account_id: Mapped[UUID]

    amount_micros: Mapped[int] = mapped_column(comment="What was set aside; above 0.")
    captured_micros: Mapped[int] = mapped_column(
        server_default=text("0"), comment="What of it was spent in the end."
    )
    status: Mapped[str] = mapped_column(
        server_default=HoldStatus.OPEN.value, comment="open, captured or released."
    )
    expires_at: Mapped[datetime] = mapped_column(comment="When it is released if still open.")

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if (table := _table_of(cls)) is not None:
            _check(table, "amount_positive", "amount_micros > 0")
            _check(table, "captured_at_most_amount", "captured_micros <= amount_micros")
            _check(table, "captured_follows_status", _CAPTURED_FOLLOWS_STATUS)
            Index(
                f"ix_{table.name}_expires_at_open",
                table.c.expires_at,
                postgresql_where=text("status = 'open'"),
            )


_DELTA_FOLLOWS_KIND = """\
CASE WHEN kind IN ('grant', 'release', 'refund') THEN delta_micros = amount_micros
WHEN kind IN ('hold', 'expire') THEN delta_micros = -amount_micros
WHEN kind = 'capture' AND hold_id IS NULL THEN delta_micros = -amount_micros
WHEN kind = 'capture' THEN delta_micros >= 0
ELSE false END"""

_CAPTURED_FOLLOWS_STATUS = """\
CASE status WHEN 'captured' THEN captured_micros > 0
WHEN 'open' THEN captured_micros = 0 WHEN 'released' THEN captured_micros = 0 ELSE false END"""


def _table_of(cls: type) -> Table | None:
    # Constraints are added here, since beside a column Alembic's autogenerate does not see them,
    # and __table_args__ is the system's own.
    table = cls.__dict__.get("__table__")
    return table if isinstance(table, Table) else None


def _check(table: Table, name: str, condition: str) -> None:
    table.append_constraint(CheckConstraint(condition, name=name))
