"""Artifacts: files that an account keeps in object storage."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from padstone.models import Identified, Timestamped, one_of

__all__ = ["ObjectStatus", "StoredObject"]


class ObjectStatus(StrEnum):
    """An upload is pending until its bytes have been seen in the storage."""

    PENDING = "pending"
    STORED = "stored"


class StoredObject(Identified, Timestamped, Base):
    """One artifact. The storage knows it by its id alone; its name and type are kept here."""

    __tablename__ = "objects"
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="size_positive"),
        one_of("status", ObjectStatus),
        Index("ix_objects_account_id_created_at_id", "account_id", "created_at", "id"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    name: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int]
    status: Mapped[str] = mapped_column(server_default=ObjectStatus.PENDING.value)
    upload_expires_at: Mapped[datetime] = mapped_column(
        comment="Until then the upload URL works; a pending row is swept afterwards."
    )

    @property
    def storage_key(self) -> str:
        """The key of its bytes: the account's id and its own, so that erasing is one prefix."""
        return f"{self.account_id}/{self.id}"
