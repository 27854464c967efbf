"""Résumé files that somebody uploads, and the text that was read from them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.vocabulary import UploadStatus
from app.models.base import Base, Owned, enum_column
from padstone.models import Identified, Timestamped, search_vector

__all__ = ["ResumeUpload"]


class ResumeUpload(Identified, Owned, Timestamped, Base):
    """One file. The storage knows it by its id alone; its name and type are kept here."""

    __tablename__ = "resume_uploads"
    __table_args__ = (
        CheckConstraint("size_bytes BETWEEN 1 AND 10485760", name="size_is_allowed"),
        CheckConstraint("(text IS NOT NULL) = (status = 'extracted')", name="text_when_extracted"),
        CheckConstraint("(failure IS NOT NULL) = (status = 'failed')", name="failure_when_failed"),
    )

    resume_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("master_resumes.id", ondelete="SET NULL"),
        index=True,
        comment="The résumé it belongs to; null for none.",
    )
    file_name: Mapped[str] = mapped_column(comment="The file's name, without a path.")
    content_type: Mapped[str] = mapped_column(comment="PDF or DOCX, as a media type.")
    size_bytes: Mapped[int] = mapped_column(comment="Its exact size, at most 10 MiB.")
    status: Mapped[UploadStatus] = mapped_column(
        enum_column(UploadStatus, "upload_status"),
        default=UploadStatus.PENDING,
        comment="How far it is.",
    )
    upload_expires_at: Mapped[datetime] = mapped_column(
        comment="Until then the upload link works; a pending row is swept afterwards."
    )
    text: Mapped[str | None] = mapped_column(comment="What was read from it.", deferred=True)
    search_vector: Mapped[str] = search_vector("file_name", "text")
    failure: Mapped[str | None] = mapped_column(comment="Why nothing could be read, in words.")

    @property
    def storage_key(self) -> str:
        """The key of its bytes: the user's id and its own, so that erasing is one prefix."""
        return f"{self.user_id}/{self.id}"
