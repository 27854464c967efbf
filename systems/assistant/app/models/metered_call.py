"""Metered calls: what each completion used and cost, for its user to see and for the books."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from padstone.metering import MeteredCallColumns
from padstone.models import Identified, Timestamped

__all__ = ["MeteredCall"]


class MeteredCall(Identified, MeteredCallColumns, Timestamped, Base):
    """One completion of a user. Nothing of what was said is in it."""

    __tablename__ = "metered_calls"
    __table_args__ = (Index("ix_metered_calls_account_id_id", "account_id", "id"),)

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), comment="Who pays."
    )
