"""Résumés and their sections, and the documents they become and are made of."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response, status

from app.api.deps import SIGNED_IN
from app.models import (
    Certification,
    Education,
    IdempotencyRecord,
    MasterResume,
    Skill,
    WorkExperience,
)
from app.schemas.json_resume import JsonResume, JsonResumeImport
from app.schemas.resume import (
    CertificationCreate,
    CertificationResponse,
    CertificationUpdate,
    EducationCreate,
    EducationResponse,
    EducationUpdate,
    MasterResumeCreate,
    MasterResumeResponse,
    MasterResumeUpdate,
    SkillCreate,
    SkillResponse,
    SkillUpdate,
    WorkExperienceCreate,
    WorkExperienceResponse,
    WorkExperienceUpdate,
)
from app.services import resume_export, resume_import
from padstone.problems import problem_responses
from padstone.resource import CallDep, Parent, ReadCallDep, Resource

__all__ = ["resumes", "router"]

resumes = Resource(
    MasterResume,
    create=MasterResumeCreate,
    update=MasterResumeUpdate,
    read=MasterResumeResponse,
    name="resume",
    plural="resumes",
    owner="user_id",
    guards=SIGNED_IN,
    filters={"title": ["contains"], "country_code": ["eq"]},
    sorts=["title", "created_at", "updated_at"],
    search="search_vector",
    idempotency=IdempotencyRecord,
)

work_experiences = Resource(
    WorkExperience,
    create=WorkExperienceCreate,
    update=WorkExperienceUpdate,
    read=WorkExperienceResponse,
    parent=Parent(resumes, "resume_id"),
    guards=SIGNED_IN,
    filters={"experience_type": ["eq", "in"], "end_date": ["isnull"], "company": ["contains"]},
    sorts=["start_date", "end_date", "company", "created_at"],
    default_sort="-start_date",
    search="search_vector",
)

education = Resource(
    Education,
    create=EducationCreate,
    update=EducationUpdate,
    read=EducationResponse,
    parent=Parent(resumes, "resume_id"),
    plural="education",
    guards=SIGNED_IN,
    filters={"degree_type": ["eq", "in"]},
    sorts=["start_date", "end_date", "institution", "created_at"],
    default_sort="-start_date",
)

skills = Resource(
    Skill,
    create=SkillCreate,
    update=SkillUpdate,
    read=SkillResponse,
    parent=Parent(resumes, "resume_id"),
    guards=SIGNED_IN,
    filters={"skill_category": ["eq", "in"], "years": ["gte"], "name": ["contains"]},
    sorts=["name", "years", "created_at"],
    default_sort="created_at",
    search="search_vector",
)

certifications = Resource(
    Certification,
    create=CertificationCreate,
    update=CertificationUpdate,
    read=CertificationResponse,
    parent=Parent(resumes, "resume_id"),
    guards=SIGNED_IN,
    filters={"issuer": ["contains"], "expires_on": ["gte", "lte", "isnull"]},
    sorts=["issued_on", "expires_on", "name", "created_at"],
    default_sort="-issued_on",
)

documents = APIRouter(tags=["resumes"])


@documents.post(
    "/resumes/json-resume",
    status_code=status.HTTP_201_CREATED,
    response_model=MasterResumeResponse,
    summary="Make a résumé of a JSON Resume document",
)
async def import_resume(call: CallDep, body: JsonResumeImport, response: Response) -> MasterResume:
    """Makes the résumé and all its sections, or nothing.

    A date that names only a year or a month becomes its first day, or its last where something
    ends. Sections without a place of their own here are kept, and an export has them again.
    """
    resume = resume_import.import_resume(call.subject, body.title, body.document)
    call.session.add(resume)
    await call.session.flush()
    response.headers["Location"] = f"/api/v1/resumes/{resume.id}"
    return resume


@documents.get(
    "/resumes/{resume_id}/json-resume",
    response_model=JsonResume,
    response_model_exclude_unset=True,
    summary="The whole résumé as a JSON Resume document",
    responses=problem_responses(404),
)
async def export_resume(call: ReadCallDep, resume_id: UUID) -> Any:
    """The résumé with all its sections, as other programs read it."""
    resume = await resume_export.load_resume(call.session, call.subject, resume_id)
    return resume_export.export_resume(resume)


router = APIRouter()
# Before the résumés, whose ids would take "json-resume" for one.
router.include_router(documents)
for resource in (resumes, work_experiences, education, skills, certifications):
    router.include_router(resource.router)
