"""Prepaid credits: what analyses may cost, the ledger of it, and what is set aside."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from padstone.credits import CreditEntryColumns, CreditHoldColumns
from padstone.models import Identified, Timestamped

__all__ = ["CreditEntry", "CreditHold"]


class CreditEntry(Identified, CreditEntryColumns, Base):
    """One movement of a user's balance. PostgreSQL refuses to change it."""

    __tablename__ = "credit_entries"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))


class CreditHold(Identified, CreditHoldColumns, Timestamped, Base):
    """An amount that is set aside until it is captured, released or its time is over."""

    __tablename__ = "credit_holds"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
