"""Interviews."""

from sqlalchemy import Select

from app.api.deps import SIGNED_IN
from app.api.v1.endpoints.applications import applications
from app.models import Application, IdempotencyRecord, InterviewEvent
from app.schemas.analytics import (
    InterviewEventCreate,
    InterviewEventResponse,
    InterviewEventUpdate,
)
from app.services.counts import is_visible
from padstone.resource import Call, Resource, stable

__all__ = ["interviews", "router"]


class Interviews(Resource[InterviewEvent]):
    """Interviews, out of sight while their application is."""

    @stable
    def visible(
        self,
        statement: Select[InterviewEvent],
        call: Call,  # noqa: ARG002  # the hook's form
    ) -> Select[InterviewEvent]:
        """Those whose application is there."""
        is_there = Application.deleted_at.is_(None) & is_visible
        return statement.where(InterviewEvent.application.has(is_there))


interviews = Interviews(
    InterviewEvent,
    create=InterviewEventCreate,
    update=InterviewEventUpdate,
    read=InterviewEventResponse,
    name="interview",
    plural="interviews",
    owner="user_id",
    guards=SIGNED_IN,
    references={"application_id": applications},
    filters={
        "application_id": ["eq", "in"],
        "interview_type": ["eq", "in"],
        "outcome": ["eq", "in"],
        "starts_at": ["gte", "lt"],
    },
    sorts=["starts_at", "created_at"],
    default_sort="starts_at",
    idempotency=IdempotencyRecord,
)

router = interviews.router
