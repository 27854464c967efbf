"""What a résumé is as a document of JSON Resume: its rows, and what was kept of an import."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.core.exceptions import NotFoundError
from app.core.vocabulary import ExperienceType, SkillCategory
from app.models import Education, MasterResume, WorkExperience

__all__ = ["SCHEMA", "export_resume", "load_resume", "without_empty"]

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
"""What an export says that it follows."""

_VOLUNTEER = ExperienceType.VOLUNTEER
_SPOKEN = SkillCategory.SPOKEN_LANGUAGE


async def load_resume(session: AsyncSession, user_id: UUID, resume_id: UUID) -> MasterResume:
    """The user's résumé with its sections; another's is as good as none."""
    found = await session.scalar(
        select(MasterResume)
        .where(MasterResume.user_id == user_id, MasterResume.id == resume_id)
        .options(
            selectinload(MasterResume.work_experiences),
            selectinload(MasterResume.education),
            selectinload(MasterResume.skills),
            selectinload(MasterResume.certifications),
        )
    )
    if found is None:
        raise NotFoundError
    return found


def export_resume(resume: MasterResume) -> dict[str, Any]:
    """The résumé as a document, without what is empty. Its sections have been loaded."""
    kept = dict(resume.other_sections)
    lasting = [one for one in resume.work_experiences if one.experience_type != _VOLUNTEER]
    voluntary = [one for one in resume.work_experiences if one.experience_type == _VOLUNTEER]
    spoken = [one for one in resume.skills if one.skill_category == _SPOKEN]
    others = [one for one in resume.skills if one.skill_category != _SPOKEN]
    document: dict[str, Any] = without_empty(
        {
            "$schema": SCHEMA,
            "basics": _basics(resume, kept.pop("basics", {})),
            "work": [_job(one) for one in lasting],
            "volunteer": [_service(one) for one in voluntary],
            "education": [_study(one) for one in resume.education],
            "certificates": [
                {"name": one.name, "date": one.issued_on, "url": one.url, "issuer": one.issuer}
                for one in resume.certifications
            ],
            "skills": [
                {"name": one.name, "level": one.level, "keywords": one.keywords} for one in others
            ],
            "languages": [{"language": one.name, "fluency": one.level} for one in spoken],
            **kept,
        }
    )
    return document


def without_empty(value: Any) -> Any:
    """JSON of what is there: dates as text, and no nulls, empty lists or empty parts."""
    if isinstance(value, dict):
        parts = {name: without_empty(item) for name, item in value.items()}
        return {name: item for name, item in parts.items() if item not in (None, [], {})}
    if isinstance(value, list):
        return [without_empty(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _basics(resume: MasterResume, kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": resume.full_name,
        "label": resume.label,
        "image": kept.get("image"),
        "email": resume.email,
        "phone": resume.phone,
        "url": resume.url,
        "summary": resume.summary,
        "location": {
            **kept.get("location", {}),
            "city": resume.city,
            "countryCode": resume.country_code,
            "region": resume.region,
        },
        "profiles": resume.profiles,
    }


def _job(one: WorkExperience) -> dict[str, Any]:
    return {
        "name": one.company,
        "location": one.location,
        "description": one.company_description,
        **_occupation(one),
    }


def _service(one: WorkExperience) -> dict[str, Any]:
    return {"organization": one.company, **_occupation(one)}


def _occupation(one: WorkExperience) -> dict[str, Any]:
    return {
        "position": one.position,
        "url": one.url,
        "startDate": one.start_date,
        "endDate": one.end_date,
        "summary": one.summary,
        "highlights": one.highlights,
    }


def _study(one: Education) -> dict[str, Any]:
    return {
        "institution": one.institution,
        "url": one.url,
        "area": one.area,
        "studyType": one.study_type,
        "startDate": one.start_date,
        "endDate": one.end_date,
        "score": one.score,
        "courses": one.courses,
    }
