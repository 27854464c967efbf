"""Files: folders that somebody uploaded, and what is in them. Their bytes are in the storage."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from padstone.files import FileColumns
from padstone.models import Identified, Timestamped

__all__ = ["File", "Upload"]


class Upload(Identified, Timestamped, Base):
    """A folder, or a few documents, that are analysed together. It goes when its time is over."""

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("file_count >= 0", name="file_count_not_negative"),
        CheckConstraint("total_bytes >= 0", name="total_bytes_not_negative"),
        Index("ix_uploads_user_id_created_at_id", "user_id", "created_at", "id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text(collation="C"), comment="What its owner calls it.")
    file_count: Mapped[int] = mapped_column(server_default="0")
    total_bytes: Mapped[int] = mapped_column(server_default="0")
    expires_at: Mapped[datetime] = mapped_column(
        index=True, comment="When its files are removed for good."
    )


class File(Identified, FileColumns, Timestamped, Base):
    """One file of an upload."""

    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("upload_id", "path"),)

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"))
