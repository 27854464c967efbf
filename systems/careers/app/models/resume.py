"""Résumés and their sections, in the vocabulary of JSON Resume (jsonresume.org, schema 1.0.0)."""

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Numeric, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.vocabulary import DegreeType, ExperienceType, SkillCategory
from app.models.base import Owned, Record, Versioned, enum_column
from padstone.models import search_vector, unique_living

if TYPE_CHECKING:
    from app.models.job import Application

__all__ = [
    "Certification",
    "Education",
    "MasterResume",
    "ResumeVersion",
    "Skill",
    "WorkExperience",
]


class MasterResume(Owned, Record):
    """Everything somebody could put into a résumé: the source of the versions that are sent.

    Its own columns are JSON Resume's ``basics``; the sections are tables of their own.
    """

    __tablename__ = "master_resumes"

    title: Mapped[str] = mapped_column(comment="What its owner calls it.")
    full_name: Mapped[str] = mapped_column(comment="The name at its head.")
    label: Mapped[str | None] = mapped_column(comment="The line below it: Backend engineer.")
    email: Mapped[str | None] = mapped_column(comment="Where to write to.")
    phone: Mapped[str | None] = mapped_column(comment="Where to call.")
    url: Mapped[str | None] = mapped_column(comment="A home page.")
    summary: Mapped[str | None] = mapped_column(comment="Two or three sentences.")
    city: Mapped[str | None] = mapped_column(comment="Where its owner lives.")
    region: Mapped[str | None] = mapped_column(comment="State, province or the like.")
    country_code: Mapped[str | None] = mapped_column(comment="ISO 3166-1 alpha-2, capitals.")
    profiles: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, comment="Accounts elsewhere: network, username and url of each."
    )
    other_sections: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="What JSON Resume has and no table here, as it was imported."
    )
    search_vector: Mapped[str] = search_vector("title", "label", "summary", "full_name")

    work_experiences: Mapped[list["WorkExperience"]] = relationship(
        back_populates="resume",
        lazy="raise",
        order_by="WorkExperience.start_date.desc().nulls_last()",
        passive_deletes=True,
        doc="Jobs, the latest first.",
    )
    education: Mapped[list["Education"]] = relationship(
        back_populates="resume",
        lazy="raise",
        order_by="Education.start_date.desc().nulls_last()",
        passive_deletes=True,
        doc="Times of study, the latest first.",
    )
    skills: Mapped[list["Skill"]] = relationship(
        back_populates="resume",
        lazy="raise",
        order_by="Skill.created_at",
        passive_deletes=True,
        doc="Skills, in the order in which they were entered.",
    )
    certifications: Mapped[list["Certification"]] = relationship(
        back_populates="resume",
        lazy="raise",
        order_by="Certification.issued_on.desc().nulls_last()",
        passive_deletes=True,
        doc="Certificates, the latest first.",
    )
    versions: Mapped[list["ResumeVersion"]] = relationship(
        back_populates="resume",
        lazy="raise",
        order_by="ResumeVersion.version",
        passive_deletes=True,
        doc="What was made of it, in the order in which it was.",
    )


class Section:
    """A row of a résumé's section, which is reached through its résumé."""

    resume_id: Mapped[UUID] = mapped_column(
        ForeignKey("master_resumes.id", ondelete="CASCADE"),
        index=True,
        comment="The résumé it belongs to.",
        sort_order=-90,
    )


class WorkExperience(Section, Record):
    """One job: where, as what, from when to when. JSON Resume's ``work`` and ``volunteer``."""

    __tablename__ = "work_experiences"
    __table_args__ = (CheckConstraint("end_date >= start_date", name="ends_after_it_starts"),)

    experience_type: Mapped[ExperienceType] = mapped_column(
        enum_column(ExperienceType, "experience_type"), comment="How one is employed there."
    )
    company: Mapped[str] = mapped_column(comment="The employer.")
    position: Mapped[str] = mapped_column(comment="The job's title.")
    company_description: Mapped[str | None] = mapped_column(comment="What the employer does.")
    url: Mapped[str | None] = mapped_column(comment="The employer's page.")
    location: Mapped[str | None] = mapped_column(comment="Where the work is done.")
    start_date: Mapped[date | None] = mapped_column(comment="The first day.")
    end_date: Mapped[date | None] = mapped_column(comment="The last day; null while it goes on.")
    summary: Mapped[str | None] = mapped_column(comment="What it is about.")
    highlights: Mapped[list[str]] = mapped_column(default=list, comment="What was achieved.")
    search_vector: Mapped[str] = search_vector("position", "company", "summary", "location")

    resume: Mapped[MasterResume] = relationship(
        back_populates="work_experiences", lazy="raise", doc="The résumé it belongs to."
    )


class Education(Section, Record):
    """One time of study. JSON Resume's ``education``."""

    __tablename__ = "education"
    __table_args__ = (CheckConstraint("end_date >= start_date", name="ends_after_it_starts"),)

    institution: Mapped[str] = mapped_column(comment="School, college or university.")
    degree_type: Mapped[DegreeType] = mapped_column(
        enum_column(DegreeType, "degree_type"), comment="What it leads to."
    )
    study_type: Mapped[str | None] = mapped_column(
        comment="The degree as it is called there: Licence, BSc (Hons)."
    )
    area: Mapped[str | None] = mapped_column(comment="The subject.")
    url: Mapped[str | None] = mapped_column(comment="The institution's page.")
    start_date: Mapped[date | None] = mapped_column(comment="The first day.")
    end_date: Mapped[date | None] = mapped_column(comment="The last day, or the expected one.")
    score: Mapped[str | None] = mapped_column(comment="The grade, as it is written there.")
    courses: Mapped[list[str]] = mapped_column(default=list, comment="Courses worth a mention.")

    resume: Mapped[MasterResume] = relationship(
        back_populates="education", lazy="raise", doc="The résumé it belongs to."
    )


class Skill(Section, Record):
    """Something its owner can do. JSON Resume's ``skills`` and ``languages``."""

    __tablename__ = "skills"
    __table_args__ = (
        CheckConstraint("years BETWEEN 0 AND 80", name="years_are_possible"),
        Index(
            "uq_skills_resume_id_name_living",
            "resume_id",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    name: Mapped[str] = mapped_column(comment="What it is called; once in a résumé.")
    skill_category: Mapped[SkillCategory] = mapped_column(
        enum_column(SkillCategory, "skill_category"), comment="What kind of skill it is."
    )
    level: Mapped[str | None] = mapped_column(comment="How well, in words: Advanced, B2.")
    years: Mapped[float | None] = mapped_column(
        Numeric(3, 1, asdecimal=False), comment="For how many years it was used."
    )
    keywords: Mapped[list[str]] = mapped_column(default=list, comment="What belongs to it.")
    search_vector: Mapped[str] = search_vector("name", "level")

    resume: Mapped[MasterResume] = relationship(
        back_populates="skills", lazy="raise", doc="The résumé it belongs to."
    )


class Certification(Section, Record):
    """Something that was examined and attested. JSON Resume's ``certificates``."""

    __tablename__ = "certifications"
    __table_args__ = (CheckConstraint("expires_on >= issued_on", name="expires_after_issue"),)

    name: Mapped[str] = mapped_column(comment="What it is called.")
    issuer: Mapped[str | None] = mapped_column(comment="Who attests it.")
    issued_on: Mapped[date | None] = mapped_column(comment="When it was given.")
    expires_on: Mapped[date | None] = mapped_column(comment="Until when it counts; null is ever.")
    certificate_number: Mapped[str | None] = mapped_column(comment="The issuer's number for it.")
    url: Mapped[str | None] = mapped_column(comment="Where it can be verified.")

    resume: Mapped[MasterResume] = relationship(
        back_populates="certifications", lazy="raise", doc="The résumé it belongs to."
    )


class ResumeVersion(Section, Versioned, Record):
    """A résumé as it was sent: a document that no later change of its source reaches."""

    __tablename__ = "resume_versions"
    __table_args__ = (
        CheckConstraint("version > 0", name="version_positive"),
        unique_living("resume_versions", "resume_id", "version"),
        Index(
            "uq_resume_versions_active",
            "resume_id",
            unique=True,
            postgresql_where=text("is_active AND deleted_at IS NULL"),
        ),
        Index("ix_resume_versions_search_vector", "search_vector", postgresql_using="gin"),
    )

    label: Mapped[str] = mapped_column(comment="What its owner calls it.")
    note: Mapped[str | None] = mapped_column(comment="What is particular about it.")
    job_posting_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("job_postings.id", ondelete="SET NULL"),
        index=True,
        comment="The posting it was tailored for.",
    )
    source_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("resume_versions.id", ondelete="SET NULL"),
        index=True,
        comment="The version it was made from; null: from the résumé itself.",
    )
    content: Mapped[dict[str, Any]] = mapped_column(comment="The document, as JSON Resume.")
    search_vector: Mapped[str] = mapped_column(
        TSVECTOR,
        # As PostgreSQL itself writes it down, so that comparing finds no difference.
        Computed(
            "jsonb_to_tsvector('english'::regconfig, content, '[\"string\"]'::jsonb)",
            persisted=True,
        ),
        nullable=True,
        deferred=True,
        comment="Its words, for the search.",
    )

    resume: Mapped[MasterResume] = relationship(
        back_populates="versions", lazy="raise", doc="The résumé it was made from."
    )
    applications: Mapped[list["Application"]] = relationship(
        back_populates="resume_version",
        lazy="raise",
        passive_deletes=True,
        doc="Applications it was sent with.",
    )
