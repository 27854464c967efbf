"""Analyses: what is to be judged, by which words, how far it is, and what came of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.vocabulary import AnalysisMode, AnalysisStatus, Verdict
from app.models.base import Base, Record
from app.models.prompt import PromptVersion
from padstone.events import EventColumns
from padstone.models import Identified, Timestamped, one_of

__all__ = ["Analysis", "AnalysisEvent", "AnalysisPart", "AnalysisPrompt", "AnalysisResult"]


class AnalysisPrompt(Identified, Base):
    """A version of a prompt that an analysis is pinned to, from its beginning and for good."""

    __tablename__ = "analysis_prompts"
    __table_args__ = (
        UniqueConstraint("analysis_id", "prompt_version_id"),
        UniqueConstraint("analysis_id", "position"),
        CheckConstraint("position >= 0", name="position_not_negative"),
    )

    analysis_id: Mapped[UUID] = mapped_column(ForeignKey("analyses.id", ondelete="CASCADE"))
    prompt_version_id: Mapped[UUID] = mapped_column(ForeignKey("prompt_versions.id"), index=True)
    position: Mapped[int] = mapped_column(comment="Its place among the prompts of the analysis.")

    prompt_version: Mapped[PromptVersion] = relationship(lazy="raise")


class AnalysisResult(Identified, Timestamped, Base):
    """The judgement of one criterion. There is one for each, whatever crashes."""

    __tablename__ = "analysis_results"
    __table_args__ = (
        UniqueConstraint("analysis_id", "prompt_version_id", "criterion"),
        one_of("verdict", Verdict),
        one_of("judged_by", AnalysisMode),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_is_percent"),
        CheckConstraint("jsonb_typeof(findings) = 'array'", name="findings_is_a_list"),
    )

    analysis_id: Mapped[UUID] = mapped_column(ForeignKey("analyses.id", ondelete="CASCADE"))
    prompt_version_id: Mapped[UUID] = mapped_column(ForeignKey("prompt_versions.id"), index=True)
    criterion: Mapped[str] = mapped_column(comment="The key of the criterion in the version.")
    title: Mapped[str]
    verdict: Mapped[str]
    score: Mapped[int | None] = mapped_column(comment="0 to 100; null where there is nothing.")
    summary: Mapped[str]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="What was found: severity, path, line and text of each."
    )
    judged_by: Mapped[str] = mapped_column(comment="A model or a person.")
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True, comment="The person."
    )


class AnalysisPart(Identified, Timestamped, Base):
    """A piece of the files under one prompt: what is asked of a model at a time.

    It is planned once. What was answered stays, so that whoever goes on after a crash asks for the
    rest only, and what was used is counted once.
    """

    __tablename__ = "analysis_parts"
    __table_args__ = (
        UniqueConstraint("analysis_id", "prompt_version_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("jsonb_typeof(slices) = 'array'", name="slices_is_a_list"),
        CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (tokens IS NULL)",
            name="answered_as_a_whole",
        ),
    )

    analysis_id: Mapped[UUID] = mapped_column(ForeignKey("analyses.id", ondelete="CASCADE"))
    prompt_version_id: Mapped[UUID] = mapped_column(ForeignKey("prompt_versions.id"), index=True)
    number: Mapped[int] = mapped_column(comment="Counts from 1 within the prompt.")
    slices: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="Which lines of which files: file_id, path, first and last line of each."
    )
    size: Mapped[int] = mapped_column(comment="How many characters the lines have.")
    answer: Mapped[list[dict[str, Any]] | None] = mapped_column(
        JSONB(none_as_null=True), comment="The judgement of each criterion on these lines."
    )
    tokens: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="What the answer used: prompt, completion, estimated."
    )
    answered_at: Mapped[datetime | None]


class AnalysisEvent(EventColumns, Base):
    """Something that happened to an analysis, for those who watch it."""

    __tablename__ = "analysis_events"

    stream_id: Mapped[UUID] = mapped_column(
        ForeignKey("analyses.id", ondelete="CASCADE"),
        primary_key=True,
        comment="Of which analysis.",
    )


class Analysis(Record):
    """One run over an upload, by pinned versions of prompts."""

    __tablename__ = "analyses"
    __table_args__ = (
        one_of("mode", AnalysisMode),
        one_of("status", AnalysisStatus),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_is_percent"),
        CheckConstraint("attempt >= 0", name="attempt_not_negative"),
        CheckConstraint("charged_micros >= 0", name="charged_micros_not_negative"),
        CheckConstraint(
            "prompt_tokens >= 0 AND completion_tokens >= 0", name="tokens_not_negative"
        ),
        CheckConstraint("(error_code IS NOT NULL) = (status = 'failed')", name="error_when_failed"),
        CheckConstraint(
            "(finished_at IS NOT NULL) = (status IN ('succeeded', 'failed', 'cancelled'))",
            name="finished_when_over",
        ),
        Index("ix_analyses_user_id_created_at_id", "user_id", "created_at", "id"),
        Index(
            "ix_analyses_status_open",
            "status",
            "created_at",
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    upload_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("uploads.id", ondelete="SET NULL"),
        index=True,
        comment="What is judged; null once it is gone.",
    )
    name: Mapped[str] = mapped_column(Text(collation="C"), comment="What its owner calls it.")
    instructions: Mapped[str | None] = mapped_column(
        comment="What this analysis is told beyond its prompts."
    )
    mode: Mapped[str] = mapped_column(comment="Who judges.")
    model: Mapped[str | None] = mapped_column(comment="Which model; null where a person judges.")
    status: Mapped[str] = mapped_column(server_default=AnalysisStatus.QUEUED.value)
    progress: Mapped[int] = mapped_column(server_default="0", comment="0 to 100.")
    attempt: Mapped[int] = mapped_column(
        server_default="0", comment="How often it was begun; who writes for an older one is late."
    )
    error_code: Mapped[str | None] = mapped_column(comment="Why it failed, for programs.")
    error: Mapped[str | None] = mapped_column(comment="Why it failed, for people.")
    hold_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("credit_holds.id", ondelete="SET NULL"),
        index=True,
        comment="The credits that are set aside for it.",
    )
    charged_micros: Mapped[int] = mapped_column(server_default="0", comment="What it cost.")
    prompt_tokens: Mapped[int] = mapped_column(server_default="0", comment="What the model read.")
    completion_tokens: Mapped[int] = mapped_column(
        server_default="0", comment="What the model wrote."
    )
    started_at: Mapped[datetime | None] = mapped_column(comment="When the last attempt began.")
    finished_at: Mapped[datetime | None] = mapped_column(comment="When it was over.")

    prompts: Mapped[list[AnalysisPrompt]] = relationship(
        lazy="raise", order_by=AnalysisPrompt.position
    )
    results: Mapped[list[AnalysisResult]] = relationship(
        lazy="raise", order_by=(AnalysisResult.created_at, AnalysisResult.id)
    )
