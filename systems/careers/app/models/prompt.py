"""Prompts for language models, in versions, one in use for each task."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.vocabulary import PromptTask
from app.models.base import Owned, Record, Versioned, enum_column
from padstone.models import unique_living

__all__ = ["PromptTemplate"]


class PromptTemplate(Owned, Versioned, Record):
    """One version of a prompt. All versions of one prompt share ``series_id``."""

    __tablename__ = "prompt_templates"
    __table_args__ = (
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("temperature BETWEEN 0 AND 2", name="temperature_is_possible"),
        unique_living("prompt_templates", "series_id", "version"),
        Index(
            "uq_prompt_templates_active",
            "user_id",
            "prompt_task",
            unique=True,
            postgresql_where=text("is_active AND deleted_at IS NULL"),
        ),
    )

    series_id: Mapped[UUID] = mapped_column(comment="The id of the prompt's first version.")
    prompt_task: Mapped[PromptTask] = mapped_column(
        enum_column(PromptTask, "prompt_task"), comment="What it is for."
    )
    name: Mapped[str] = mapped_column(comment="What its owner calls it.")
    content: Mapped[str] = mapped_column(comment="The prompt, with {{names}} to be filled in.")
    system_prompt: Mapped[str | None] = mapped_column(comment="What the model is told before it.")
    model: Mapped[str | None] = mapped_column(comment="The model it was written for.")
    temperature: Mapped[float | None] = mapped_column(
        Numeric(3, 2, asdecimal=False), comment="0 to 2; null leaves it to the model."
    )
