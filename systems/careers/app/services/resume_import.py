"""What a document of JSON Resume becomes: a résumé with all its sections.

An import keeps everything: what has no column here is kept as it came, and an export puts it back.
Two things change on the way. A date that names only a year or a month becomes its first day, or
its last one where something ends, and a degree gets a type that is guessed from its name.
"""

from datetime import date
from typing import Any
from uuid import UUID

from app.core.exceptions import FieldError, ValidationError
from app.core.vocabulary import DegreeType, ExperienceType, SkillCategory
from app.models import Certification, Education, MasterResume, Skill, WorkExperience
from app.schemas.json_resume import JsonResume, first_day, last_day
from app.services.resume_export import without_empty

__all__ = ["import_resume"]

_KEPT = ("awards", "publications", "interests", "references", "projects", "meta")
_VOLUNTEER = ExperienceType.VOLUNTEER
_SPOKEN = SkillCategory.SPOKEN_LANGUAGE
_DEGREES = {
    DegreeType.DOCTORATE: ("doctor", "phd", "ph.d", "promotion", "dphil"),
    DegreeType.MASTER: ("master", "msc", "m.sc", "mba", "diplom", "magister", "m.a", "meng"),
    DegreeType.BACHELOR: ("bachelor", "bsc", "b.sc", "licence", "b.a", "beng", "ba ", "bs "),
    DegreeType.ASSOCIATE: ("associate",),
    DegreeType.VOCATIONAL: ("vocational", "apprentice", "ausbildung"),
    DegreeType.BOOTCAMP: ("bootcamp", "boot camp"),
    DegreeType.SECONDARY: ("high school", "secondary", "abitur", "baccalaur", "a-level"),
}


def import_resume(user_id: UUID, title: str, document: JsonResume) -> MasterResume:
    """A new résumé with all its sections, not yet in a session.

    Raises ``ValidationError`` for something that ends before it starts, and for a skill that is
    named twice.
    """
    _refuse_out_of_order(document)
    _refuse_repeated_skills(document)
    basics = document.basics
    place = basics.location
    resume = MasterResume(
        user_id=user_id,
        title=title,
        full_name=basics.name,
        label=basics.label,
        email=basics.email,
        phone=basics.phone,
        url=basics.url,
        summary=basics.summary,
        city=place.city if place else None,
        region=place.region if place else None,
        country_code=place.country_code if place else None,
        profiles=_plain(basics.profiles),
        other_sections=_kept(document),
    )
    resume.work_experiences = [*_jobs(document), *_voluntary(document)]
    resume.education = _studies(document)
    resume.skills = _skills(document)
    resume.certifications = [
        Certification(name=one.name, issuer=one.issuer, issued_on=_day(one.date), url=one.url)
        for one in document.certificates or ()
    ]
    return resume


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.model_dump(mode="json", by_alias=True, exclude_none=True) if value else []


def _kept(document: JsonResume) -> dict[str, Any]:
    """What has no column, in the document's own form."""
    plain = document.model_dump(mode="json", by_alias=True, exclude_none=True)
    kept = {name: plain[name] for name in _KEPT if plain.get(name)}
    basics = plain["basics"]
    place = basics.get("location", {})
    rest = {
        "image": basics.get("image"),
        "location": {name: place.get(name) for name in ("address", "postalCode")},
    }
    kept["basics"] = without_empty(rest)
    return {name: value for name, value in kept.items() if value}


def _jobs(document: JsonResume) -> list[WorkExperience]:
    return [
        WorkExperience(
            experience_type=ExperienceType.FULL_TIME,
            company=one.name,
            position=one.position,
            company_description=one.description,
            url=one.url,
            location=one.location,
            start_date=_day(one.start_date),
            end_date=_end(one.end_date),
            summary=one.summary,
            highlights=one.highlights or [],
        )
        for one in document.work or ()
    ]


def _voluntary(document: JsonResume) -> list[WorkExperience]:
    return [
        WorkExperience(
            experience_type=_VOLUNTEER,
            company=one.organization,
            position=one.position,
            url=one.url,
            start_date=_day(one.start_date),
            end_date=_end(one.end_date),
            summary=one.summary,
            highlights=one.highlights or [],
        )
        for one in document.volunteer or ()
    ]


def _studies(document: JsonResume) -> list[Education]:
    return [
        Education(
            institution=one.institution,
            degree_type=_degree(one.study_type),
            study_type=one.study_type,
            area=one.area,
            url=one.url,
            start_date=_day(one.start_date),
            end_date=_end(one.end_date),
            score=one.score,
            courses=one.courses or [],
        )
        for one in document.education or ()
    ]


def _skills(document: JsonResume) -> list[Skill]:
    skills = [
        Skill(
            name=one.name,
            skill_category=SkillCategory.OTHER,
            level=one.level,
            keywords=one.keywords or [],
        )
        for one in document.skills or ()
    ]
    return skills + [
        Skill(name=one.language, skill_category=_SPOKEN, level=one.fluency, keywords=[])
        for one in document.languages or ()
    ]


def _degree(name: str | None) -> DegreeType:
    called = f"{(name or '').lower()} "
    for degree, words in _DEGREES.items():
        if any(word in called for word in words):
            return degree
    return DegreeType.OTHER


def _day(text: str | None) -> date | None:
    return None if text is None else first_day(text)


def _end(text: str | None) -> date | None:
    return None if text is None else last_day(text)


def _refuse_out_of_order(document: JsonResume) -> None:
    for name in ("work", "volunteer", "education"):
        for place, one in enumerate(getattr(document, name) or ()):
            start, end = _day(one.start_date), _end(one.end_date)
            if start is not None and end is not None and end < start:
                where = f"body.document.{name}.{place}.endDate"
                raise ValidationError(
                    errors=[FieldError(where, "must not be before startDate", "order")]
                )


def _refuse_repeated_skills(document: JsonResume) -> None:
    named = [(f"skills.{n}.name", one.name) for n, one in enumerate(document.skills or ())]
    named += [
        (f"languages.{n}.language", one.language) for n, one in enumerate(document.languages or ())
    ]
    seen: set[str] = set()
    for where, name in named:
        if name.lower() in seen:
            message = "names a skill or language that was named before"
            raise ValidationError(
                errors=[FieldError(f"body.document.{where}", message, "repeated")]
            )
        seen.add(name.lower())
