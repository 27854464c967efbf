"""Applications, and how far they are."""

from typing import Annotated

from fastapi import APIRouter
from sqlalchemy import Select

from app.api.deps import SIGNED_IN
from app.api.v1.endpoints.cover_letters import cover_letters
from app.api.v1.endpoints.job_postings import job_postings
from app.api.v1.endpoints.resume_versions import resume_versions
from app.models import Application, IdempotencyRecord
from app.schemas.job import (
    ApplicationCreate,
    ApplicationHistory,
    ApplicationResponse,
    ApplicationStatusCreate,
    ApplicationUpdate,
)
from app.services import statuses
from app.services.counts import is_visible
from padstone.problems import problem_responses
from padstone.resource import Call, Operation, Resource, stable

__all__ = ["applications", "router"]


class Applications(Resource[Application]):
    """Applications, out of sight while their posting is deleted."""

    @stable
    def visible(
        self,
        statement: Select[Application],
        call: Call,  # noqa: ARG002  # the hook's form
    ) -> Select[Application]:
        """Those whose posting is there."""
        return statement.where(is_visible)

    async def after_create(self, call: Call, row: Application) -> None:
        """Notes down the first status."""
        statuses.begin_application(call.session, row)


applications = Applications(
    Application,
    create=ApplicationCreate,
    update=ApplicationUpdate,
    read=ApplicationResponse,
    owner="user_id",
    guards=SIGNED_IN,
    references={
        "job_posting_id": job_postings,
        "resume_version_id": resume_versions,
        "cover_letter_id": cover_letters,
    },
    filters={
        "status": ["eq", "in", "ne"],
        "job_posting_id": ["eq", "in"],
        "resume_version_id": ["eq", "isnull"],
        "submitted_at": ["gte", "lt", "isnull"],
        "responded_at": ["gte", "lt", "isnull"],
        "next_step_on": ["gte", "lte", "isnull"],
    },
    sorts=["submitted_at", "next_step_on", "created_at", "updated_at"],
    search="search_vector",
    idempotency=IdempotencyRecord,
)

steps = APIRouter(prefix="/applications/{application_id}", tags=["applications"])


@steps.post(
    "/status",
    response_model=ApplicationResponse,
    summary="Take an application to its next status",
    responses=problem_responses(409),
)
async def change_application_status(
    application: Annotated[Application, applications.loaded(Operation.UPDATE)],
    body: ApplicationStatusCreate,
    call: Annotated[Call, applications.call(Operation.UPDATE)],
) -> Application:
    """Draft, submitted, viewed, phone screen, technical, onsite, offer, and how it ends.

    Stages may be left out. The posting advances with it. 409 names the statuses that can follow
    where this one cannot.
    """
    await statuses.change_application(call.session, application, body.status, body.note)
    return await applications.get(call, application.id)


@steps.get("/history", summary="How an application came to its status")
async def list_application_history(
    application: Annotated[Application, applications.loaded(Operation.GET)],
    call: Annotated[Call, applications.call(Operation.GET)],
) -> ApplicationHistory:
    """Every step, the first one first."""
    changes = await statuses.history_of_application(call.session, application.id)
    return ApplicationHistory.model_validate({"items": changes})


router = APIRouter()
router.include_router(applications.router)
router.include_router(steps)
