"""Versions of a résumé: what was sent, and what differs."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, status
from pydantic import BaseModel

from app.api.deps import SIGNED_IN
from app.api.v1.endpoints.job_postings import job_postings
from app.api.v1.endpoints.resumes import resumes
from app.models import ResumeVersion
from app.schemas.comparison import Comparison
from app.schemas.version import ResumeVersionCreate, ResumeVersionResponse, ResumeVersionUpdate
from app.services import versions
from app.services.comparison import compare_documents
from padstone.db import SessionDep
from padstone.resource import Call, Operation, Parent, Resource

__all__ = ["resume_versions", "router"]


class ResumeVersions(Resource[ResumeVersion]):
    """Versions, whose words are taken from the résumé unless they come along."""

    async def before_create(self, call: Call, row: ResumeVersion, body: BaseModel) -> None:
        """Numbers the version and gives it its words."""
        assert isinstance(body, ResumeVersionCreate)  # noqa: S101  # the declaration says so
        content: dict[str, Any] | None = None
        if body.content is not None:
            content = body.content.model_dump(mode="json", by_alias=True, exclude_none=True)
        await versions.begin_resume_version(call.session, call.subject, row, content)


resume_versions = ResumeVersions(
    ResumeVersion,
    create=ResumeVersionCreate,
    update=ResumeVersionUpdate,
    read=ResumeVersionResponse,
    name="version",
    plural="versions",
    parent=Parent(resumes, "resume_id"),
    guards=SIGNED_IN,
    references={"job_posting_id": job_postings},
    filters={"is_active": ["eq"], "label": ["contains"], "job_posting_id": ["eq"]},
    sorts=["version", "label", "created_at"],
    default_sort="-version",
    unmapped=["content"],
)

steps = APIRouter(prefix="/resumes/{resume_id}/versions/{version_id}", tags=["versions"])
Locked = Annotated[ResumeVersion, resume_versions.loaded(Operation.UPDATE)]


@steps.post(
    "/duplicate",
    status_code=status.HTTP_201_CREATED,
    response_model=ResumeVersionResponse,
    summary="Make a new version with the same words",
)
async def duplicate_version(version: Locked, session: SessionDep) -> ResumeVersion:
    """The copy gets the next number and is not in use."""
    return await versions.duplicate_resume_version(session, version)


@steps.post(
    "/activate", response_model=ResumeVersionResponse, summary="Put a version of a résumé into use"
)
async def activate_version(version: Locked, session: SessionDep) -> ResumeVersion:
    """It takes the place of the one that was in use. Repeating it changes nothing."""
    return await versions.activate(session, version)


@steps.get("/compare", summary="What differs between two versions of a résumé")
async def compare_versions(
    call: Annotated[Call, resume_versions.call(Operation.GET)],
    version_id: UUID,
    against: Annotated[
        UUID | None,
        Query(description="The other version, of the same résumé; by default the one in use."),
    ] = None,
) -> Comparison:
    """From this version to the other one, value by value."""
    this = await resume_versions.get(call, version_id)
    other = await resume_versions.get(call, against or await versions.in_use(call.session, this))
    return compare_documents(this.content, other.content, versions=(this.version, other.version))


router = APIRouter()
router.include_router(resume_versions.router)
router.include_router(steps)
