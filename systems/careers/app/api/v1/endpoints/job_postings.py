"""Job postings, and how far one is with them."""

from typing import Annotated

from fastapi import APIRouter

from app.api.deps import SIGNED_IN
from app.models import IdempotencyRecord, JobPosting
from app.schemas.job import (
    JobPostingCreate,
    JobPostingHistory,
    JobPostingResponse,
    JobPostingStatusCreate,
    JobPostingUpdate,
)
from app.services import statuses
from padstone.db import ReadSessionDep, SessionDep
from padstone.problems import problem_responses
from padstone.resource import Call, Operation, Resource

__all__ = ["job_postings", "router"]


class JobPostings(Resource[JobPosting]):
    """Postings, whose status has a history from the beginning."""

    async def after_create(self, call: Call, row: JobPosting) -> None:
        """Notes down the first status."""
        statuses.begin_posting(call.session, row)


job_postings = JobPostings(
    JobPosting,
    create=JobPostingCreate,
    update=JobPostingUpdate,
    read=JobPostingResponse,
    owner="user_id",
    guards=SIGNED_IN,
    filters={
        "status": ["eq", "in", "ne"],
        "job_source": ["eq", "in"],
        "work_mode": ["eq", "in", "isnull"],
        "experience_type": ["eq", "in"],
        "company": ["eq", "contains"],
        "location": ["contains"],
        "salary_currency": ["eq"],
        "salary_max_minor": ["gte"],
        "closes_on": ["gte", "lte", "isnull"],
        "created_at": ["gte", "lt"],
    },
    sorts=["title", "company", "closes_on", "posted_on", "created_at", "updated_at"],
    search="search_vector",
    operations=Operation.SINGLE | {Operation.IMPORT, Operation.EXPORT},
    idempotency=IdempotencyRecord,
)

steps = APIRouter(prefix="/job-postings/{job_posting_id}", tags=["job_postings"])


@steps.post(
    "/status",
    response_model=JobPostingResponse,
    summary="Take a posting to its next status",
    responses=problem_responses(409),
)
async def change_job_posting_status(
    posting: Annotated[JobPosting, job_postings.loaded(Operation.UPDATE)],
    body: JobPostingStatusCreate,
    session: SessionDep,
) -> JobPosting:
    """Saved, prepared, applied, interviewing, then an offer, a refusal, or closed.

    409 names the statuses that can follow where this one cannot.
    """
    await statuses.change_posting(session, posting, body.status, body.note)
    return posting


@steps.get("/history", summary="How a posting came to its status")
async def list_job_posting_history(
    posting: Annotated[JobPosting, job_postings.loaded(Operation.GET)], session: ReadSessionDep
) -> JobPostingHistory:
    """Every step, the first one first."""
    changes = await statuses.history_of_posting(session, posting.id)
    return JobPostingHistory.model_validate({"items": changes})


router = APIRouter()
router.include_router(job_postings.router)
router.include_router(steps)
