"""One search over postings, applications and résumés, in whichever of their words."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from sqlalchemy import (
    REAL,
    ColumnElement,
    Numeric,
    Select,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import (
    Application,
    JobPosting,
    MasterResume,
    ResumeUpload,
    ResumeVersion,
    Skill,
    WorkExperience,
)
from app.schemas.search import Found, Kind

__all__ = ["search"]

_LANGUAGE: ColumnElement[Any] = literal_column("'english'::regconfig")
_MARKS = "StartSel=**, StopSel=**, MaxWords=25, MinWords=10, MaxFragments=1"
_TEXTS = 'strict $.** ? (@.type() == "string")'
Asked = ColumnElement[Any]


async def search(
    session: AsyncSession, user_id: UUID, words: str, kinds: Collection[Kind], limit: int
) -> list[Found]:
    """The user's things with these words, the best first.

    ``words`` is read as a web search is: quotes around phrases, ``or`` and ``-`` between words.
    """
    asked = func.websearch_to_tsquery(_LANGUAGE, words)
    parts = [_PARTS[kind](user_id, asked) for kind in Kind if kind in kinds]
    everything = union_all(*parts).subquery()
    # Marking words is dear, so it is done for what is shown and no more.
    best = (
        select(everything)
        .order_by(everything.c.rank.desc(), everything.c.updated_at.desc(), everything.c.id)
        .limit(limit)
        .subquery()
    )
    rows = await session.execute(
        select(
            best.c.kind,
            best.c.id,
            best.c.title,
            func.ts_headline(_LANGUAGE, best.c.body, asked, _MARKS).label("excerpt"),
            func.round(cast(best.c.rank, Numeric), 3).label("rank"),
            best.c.updated_at,
        ).order_by(best.c.rank.desc(), best.c.updated_at.desc(), best.c.id)
    )
    return [Found.model_validate(row) for row in rows]


def _part(kind: Kind, model: type[Any], title: Any, body: Any, rank: Any) -> Select[Any]:
    """What is known of each thing of one kind, under the same names for all."""
    return select(
        literal(kind.value).label("kind"),
        model.id.label("id"),
        title.label("title"),
        body.label("body"),
        rank.label("rank"),
        model.updated_at.label("updated_at"),
    )


def _postings(user_id: UUID, asked: Asked) -> Select[Any]:
    return _part(
        Kind.JOB_POSTING,
        JobPosting,
        _posting_title(),
        _text(JobPosting.title, JobPosting.company, JobPosting.description, JobPosting.notes),
        _rank(JobPosting.search_vector, asked),
    ).where(
        JobPosting.user_id == user_id,
        JobPosting.deleted_at.is_(None),
        _has(JobPosting.search_vector, asked),
    )


def _applications(user_id: UUID, asked: Asked) -> Select[Any]:
    """By their own words and by those of their postings."""
    rank = func.greatest(
        _rank(Application.search_vector, asked), _rank(JobPosting.search_vector, asked)
    )
    return (
        _part(
            Kind.APPLICATION,
            Application,
            _posting_title(),
            _text(
                Application.contact_name,
                Application.notes,
                JobPosting.title,
                JobPosting.company,
                JobPosting.description,
            ),
            rank,
        )
        .join(JobPosting, JobPosting.id == Application.job_posting_id)
        .where(
            Application.user_id == user_id,
            Application.deleted_at.is_(None),
            JobPosting.deleted_at.is_(None),
            _has(Application.search_vector, asked) | _has(JobPosting.search_vector, asked),
        )
    )


def _resumes(user_id: UUID, asked: Asked) -> Select[Any]:
    """By their own words and by those of their jobs and skills, each résumé once."""
    places = [
        select(
            MasterResume.id.label("id"),
            _text(MasterResume.title, MasterResume.label, MasterResume.summary).label("body"),
            _rank(MasterResume.search_vector, asked).label("rank"),
        ).where(MasterResume.user_id == user_id, _has(MasterResume.search_vector, asked)),
        select(
            WorkExperience.resume_id,
            _text(WorkExperience.position, WorkExperience.company, WorkExperience.summary),
            _rank(WorkExperience.search_vector, asked),
        ).where(WorkExperience.deleted_at.is_(None), _has(WorkExperience.search_vector, asked)),
        select(
            Skill.resume_id, _text(Skill.name, Skill.level), _rank(Skill.search_vector, asked)
        ).where(Skill.deleted_at.is_(None), _has(Skill.search_vector, asked)),
    ]
    found = union_all(*places).subquery()
    return (
        _part(
            Kind.RESUME,
            MasterResume,
            MasterResume.title,
            func.string_agg(found.c.body, " … "),
            func.max(found.c.rank),
        )
        .join(found, found.c.id == MasterResume.id)
        .where(MasterResume.user_id == user_id, MasterResume.deleted_at.is_(None))
        .group_by(MasterResume.id)
    )


def _versions(user_id: UUID, asked: Asked) -> Select[Any]:
    return (
        _part(
            Kind.RESUME_VERSION,
            ResumeVersion,
            MasterResume.title + ", " + ResumeVersion.label,
            _words_of(ResumeVersion.content),
            _rank(ResumeVersion.search_vector, asked),
        )
        .join(MasterResume, MasterResume.id == ResumeVersion.resume_id)
        .where(
            MasterResume.user_id == user_id,
            MasterResume.deleted_at.is_(None),
            ResumeVersion.deleted_at.is_(None),
            _has(ResumeVersion.search_vector, asked),
        )
    )


def _uploads(user_id: UUID, asked: Asked) -> Select[Any]:
    return _part(
        Kind.RESUME_UPLOAD,
        ResumeUpload,
        ResumeUpload.file_name,
        _text(ResumeUpload.text),
        _rank(ResumeUpload.search_vector, asked),
    ).where(ResumeUpload.user_id == user_id, _has(ResumeUpload.search_vector, asked))


_PARTS: dict[Kind, Callable[[UUID, Asked], Select[Any]]] = {
    Kind.JOB_POSTING: _postings,
    Kind.APPLICATION: _applications,
    Kind.RESUME: _resumes,
    Kind.RESUME_VERSION: _versions,
    Kind.RESUME_UPLOAD: _uploads,
}


def _posting_title() -> ColumnElement[str]:
    return JobPosting.title + ", " + JobPosting.company


def _text(*columns: Any) -> ColumnElement[str]:
    return func.concat_ws(" … ", *columns)


def _words_of(document: Any) -> ColumnElement[str]:
    """The texts in a document of JSON, without its names and brackets."""
    word = func.jsonb_path_query(document, cast(_TEXTS, JSONPATH)).column_valued("word")
    texts = select(func.string_agg(word.op("#>>")(literal_column("'{}'::text[]")), " … "))
    return func.coalesce(texts.scalar_subquery(), "")


def _has(vector: Any, asked: Asked) -> ColumnElement[bool]:
    found: ColumnElement[bool] = vector.bool_op("@@")(asked)
    return found


def _rank(vector: Any, asked: Asked) -> ColumnElement[float]:
    # A vector that is null, or holds none of the words, ranks last and not unknown.
    return func.coalesce(func.ts_rank_cd(vector, asked, type_=REAL), literal(0.0, REAL))
