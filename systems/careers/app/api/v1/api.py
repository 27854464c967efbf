"""Every route of version 1."""

from fastapi import APIRouter

from app.api.v1.endpoints import (
    analytics,
    applications,
    auth,
    cover_letters,
    credentials,
    emails,
    health,
    interviews,
    job_postings,
    prompts,
    resume_versions,
    resumes,
    search,
    uploads,
    users,
)

__all__ = ["api_router"]

api_router = APIRouter(prefix="/api/v1")
for module in (
    health,
    auth,
    users,
    resumes,
    resume_versions,
    uploads,
    job_postings,
    applications,
    cover_letters,
    interviews,
    emails,
    prompts,
    credentials,
    search,
    analytics,
):
    api_router.include_router(module.router)
