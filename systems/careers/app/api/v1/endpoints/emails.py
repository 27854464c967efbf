"""Correspondence."""

from app.api.deps import SIGNED_IN
from app.api.v1.endpoints.applications import applications
from app.models import EmailThread, IdempotencyRecord
from app.schemas.email import EmailThreadCreate, EmailThreadResponse, EmailThreadUpdate
from padstone.resource import Resource

__all__ = ["email_threads", "router"]

email_threads = Resource(
    EmailThread,
    create=EmailThreadCreate,
    update=EmailThreadUpdate,
    read=EmailThreadResponse,
    owner="user_id",
    guards=SIGNED_IN,
    references={"application_id": applications},
    filters={
        "application_id": ["eq", "in", "isnull"],
        "email_classification": ["eq", "in"],
        "needs_reply": ["eq"],
        "last_message_at": ["gte", "lt"],
        "subject": ["contains"],
    },
    sorts=["last_message_at", "created_at"],
    default_sort="-last_message_at",
    idempotency=IdempotencyRecord,
)

router = email_threads.router
