"""Correspondence about applications."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.vocabulary import EmailClassification
from app.models.base import Owned, Record, enum_column
from app.models.job import Application
from padstone.models import unique_living

__all__ = ["EmailThread"]


class EmailThread(Owned, Record):
    """A thread of messages with a company or a recruiter."""

    __tablename__ = "email_threads"
    __table_args__ = (
        CheckConstraint("message_count > 0", name="has_a_message"),
        CheckConstraint("last_message_at >= first_message_at", name="last_after_first"),
        unique_living("email_threads", "user_id", "external_id"),
    )

    application_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("applications.id", ondelete="SET NULL"),
        index=True,
        comment="The application it is about; null is unknown.",
    )
    subject: Mapped[str] = mapped_column(comment="The subject of the first message.")
    participants: Mapped[list[str]] = mapped_column(
        default=list, comment="E-mail addresses of those who wrote."
    )
    email_classification: Mapped[EmailClassification] = mapped_column(
        enum_column(EmailClassification, "email_classification"),
        default=EmailClassification.OTHER,
        comment="What it is about.",
    )
    message_count: Mapped[int] = mapped_column(default=1, comment="How many messages it has.")
    first_message_at: Mapped[datetime] = mapped_column(comment="When it began.")
    last_message_at: Mapped[datetime] = mapped_column(comment="When it was last written in.")
    snippet: Mapped[str | None] = mapped_column(comment="The beginning of the last message.")
    needs_reply: Mapped[bool] = mapped_column(
        default=False, comment="Whether its owner has to answer."
    )
    external_id: Mapped[str | None] = mapped_column(
        comment="The mail provider's id of the thread; once for each user."
    )

    application: Mapped[Application | None] = relationship(
        back_populates="email_threads", lazy="raise", doc="The application it is about."
    )
