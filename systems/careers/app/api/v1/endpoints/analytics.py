"""What can be learned of a search."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import SIGNED_IN
from app.models import AnalyticsSnapshot
from app.schemas.analytics import Dashboard, Funnel, ResponseRates, SnapshotResponse, Timeline
from app.services import analytics, snapshots
from padstone.resource import CallDep, Operation, ReadCallDep, Resource

__all__ = ["router"]

_snapshots = Resource(
    AnalyticsSnapshot,
    read=SnapshotResponse,
    name="snapshot",
    plural="snapshots",
    path="/analytics/snapshots",
    owner="user_id",
    guards=SIGNED_IN,
    filters={"taken_on": ["eq", "gte", "lte"]},
    sorts=["taken_on"],
    default_sort="-taken_on",
    operations={Operation.LIST, Operation.GET, Operation.DELETE},
)

numbers = APIRouter(prefix="/analytics", tags=["analytics"])


@numbers.get("/dashboard", summary="How the search stands")
async def get_dashboard(call: ReadCallDep) -> Dashboard:
    """Everything counted, and what comes next."""
    return await analytics.dashboard(call.session, call.subject)


@numbers.get("/funnel", summary="How far applications came")
async def get_funnel(call: ReadCallDep) -> Funnel:
    """For each stage those that came at least so far, whatever became of them in the end."""
    return await analytics.funnel(call.session, call.subject)


@numbers.get("/timeline", summary="What happened when")
async def get_timeline(
    call: ReadCallDep,
    interval: analytics.Interval = analytics.Interval.WEEK,
    since: Annotated[date | None, Query(description="By default 12 intervals ago.")] = None,
    until: Annotated[date | None, Query(description="By default today.")] = None,
) -> Timeline:
    """Without gaps, in the user's own time zone; at most 400 points."""
    return await analytics.timeline(call.session, call.subject, interval, since, until)


@numbers.get("/response-rates", summary="Which version of a résumé is answered most")
async def get_response_rates(call: ReadCallDep) -> ResponseRates:
    """For each version those sent, those answered, and how long answers took."""
    return await analytics.response_rates(call.session, call.subject)


@numbers.post("/snapshots", response_model=SnapshotResponse, summary="Take today's snapshot now")
async def take_snapshot(call: CallDep) -> AnalyticsSnapshot:
    """One is taken each night by itself; today's is brought up to date."""
    return await snapshots.take_one(call.session, call.subject, datetime.now(UTC).date())


router = APIRouter()
router.include_router(numbers)
router.include_router(_snapshots.router)
