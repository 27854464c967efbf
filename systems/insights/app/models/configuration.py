"""Configurations: what an admin sets for everybody, and what a user prefers."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from padstone.models import Identified, Revisioned, Timestamped

__all__ = ["Configuration"]


class Configuration(Identified, Timestamped, Revisioned, Base):
    """One value that was set. What is not here has the default of its key."""

    __tablename__ = "configurations"
    __table_args__ = (
        # The system's own values are the rows without a user; of them too there is one for a key.
        UniqueConstraint("user_id", "key", postgresql_nulls_not_distinct=True),
        Index("ix_configurations_key", "key"),
    )

    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), comment="Whose it is; null for the system's."
    )
    key: Mapped[str] = mapped_column(comment="One of those that the code knows.")
    value: Mapped[Any] = mapped_column(JSONB, comment="What the key's type allows.")
    set_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True, comment="Who set it."
    )
