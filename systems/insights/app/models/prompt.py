"""Prompts: what analyses ask, in versions that never change, with labels that move."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.vocabulary import PromptKind
from app.models.base import Base, Record
from padstone.models import Identified, Timestamped, one_of, unique_living

__all__ = ["Prompt", "PromptLabel", "PromptVersion"]


class PromptVersion(Identified, Base):
    """The words of a prompt at one time. PostgreSQL refuses to change them, since analyses say by
    this row what they were asked.
    """

    __tablename__ = "prompt_versions"
    __table_args__ = (
        UniqueConstraint("prompt_id", "version"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("jsonb_typeof(criteria) = 'array'", name="criteria_is_a_list"),
    )

    prompt_id: Mapped[UUID] = mapped_column(ForeignKey("prompts.id"))
    version: Mapped[int] = mapped_column(comment="Counts from 1 within the prompt.")
    content: Mapped[str] = mapped_column(comment="What the model is told before the criteria.")
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="What is judged: key, title and question of each, in their order."
    )
    note: Mapped[str | None] = mapped_column(comment="Why this version was made.")
    restored_from: Mapped[int | None] = mapped_column(
        comment="The earlier version whose words these are; null where they are new."
    )
    # No foreign key: it would have to change this row when its author is erased.
    created_by: Mapped[UUID | None] = mapped_column(comment="Who wrote it.")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=900)


class PromptLabel(Identified, Timestamped, Base):
    """A name that points to one version of a prompt, such as ``production``."""

    __tablename__ = "prompt_labels"
    __table_args__ = (
        UniqueConstraint("prompt_id", "name"),
        ForeignKeyConstraint(
            ["prompt_id", "version"], ["prompt_versions.prompt_id", "prompt_versions.version"]
        ),
        Index("ix_prompt_labels_prompt_id_version", "prompt_id", "version"),
    )

    prompt_id: Mapped[UUID] = mapped_column(ForeignKey("prompts.id"))
    # A collation whose order is the same everywhere.
    name: Mapped[str] = mapped_column(Text(collation="C"))
    version: Mapped[int]
    set_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True, comment="Who moved it here."
    )

    prompt_version: Mapped[PromptVersion] = relationship(lazy="raise", overlaps="labels")


class Prompt(Record):
    """A prompt. It belongs to the whole team; deleted it stays, since analyses refer to it."""

    __tablename__ = "prompts"
    __table_args__ = (
        one_of("kind", PromptKind),
        CheckConstraint("latest_version > 0", name="latest_version_positive"),
        unique_living("prompts", "slug"),
        Index("ix_prompts_created_at_id", "created_at", "id"),
    )

    slug: Mapped[str] = mapped_column(comment="Its name in addresses; unique among living prompts.")
    # A collation whose order never changes under a cursor or an index.
    name: Mapped[str] = mapped_column(Text(collation="C"))
    kind: Mapped[str] = mapped_column(comment="What it looks at.")
    description: Mapped[str] = mapped_column(server_default="")
    latest_version: Mapped[int] = mapped_column(comment="The number of the newest version.")
    created_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True, comment="Who made it."
    )

    versions: Mapped[list[PromptVersion]] = relationship(
        lazy="raise", order_by=PromptVersion.version
    )
    labels: Mapped[list[PromptLabel]] = relationship(
        lazy="raise", order_by=PromptLabel.name, overlaps="prompt_version"
    )
