"""Notes: what users write down."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from padstone.models import Identified, Revisioned, Timestamped

__all__ = ["Note"]


class Note(Identified, Timestamped, Revisioned, Base):
    """Something that a user wrote down."""

    __tablename__ = "notes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    text: Mapped[str | None]
