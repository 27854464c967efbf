"""What comes of analyses: their events, their reports, and what has changed between two."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.v1.analysis import Reading, Seen, analyses, configured
from app.core.configuration_keys import ConfigurationName
from app.core.vocabulary import AnalysisStatus
from app.schemas.analysis import AnalysisComparison, EventData
from app.services import analysis_service as service
from app.services.analysis_comparison import compare
from app.services.analysis_report import file_name, html_report, markdown_report
from padstone.events import Event, EventStream, FollowerDep, LastEventIdDep, event_stream

__all__ = ["router"]

router = APIRouter(prefix="/analyses/{analysis_id}", tags=["analyses"])
Form = Literal["markdown", "html"]


@router.get(
    "/events",
    summary="Follow an analysis",
    **event_stream(
        EventData,
        description="`queued`, `started`, `progress`, `taken_over`, `succeeded`, `failed`, "
        "`cancelled`: what happened, and what happens from now on.",
    ),
)
async def follow_analysis(
    analysis: Seen, call: Reading, follower: FollowerDep, after: LastEventIdDep
) -> EventStream:
    """It ends when the analysis does. Whoever comes again says by `Last-Event-ID` how far they got.

    After a failure that is tried again, the same id goes on with the next attempt.
    """
    await service.ANALYSIS_EVENTS.check(call.session, analysis.id, after)
    last = await service.last_event(call.session, analysis.id)
    events = follower.events(service.ANALYSIS_EVENTS, analysis.id, after=after)
    return EventStream(_until_over(events, last=last, is_over=analysis.status not in service.OPEN))


@router.get(
    "/report",
    summary="Download the report of an analysis",
    response_class=Response,
    responses={
        200: {
            "description": "The report, as a file.",
            "content": {
                "text/markdown": {"schema": {"type": "string"}},
                "text/html": {"schema": {"type": "string"}},
            },
        }
    },
)
async def download_analysis_report(
    analysis: Seen,
    call: Reading,
    format: Annotated[  # noqa: A002  # its name in the address
        Form | None, Query(description="By default the form that is configured.")
    ] = None,
) -> Response:
    """As far as there are results."""
    form = format or await configured(call, ConfigurationName.REPORT_FORMAT)
    content = await markdown_report(call.session, analysis)
    media_type, ending = "text/markdown", "md"
    if form == "html":
        content = html_report(analysis.name, content)
        media_type, ending = "text/html", "html"
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(analysis, ending)}"',
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    return Response(content, media_type=media_type, headers=headers)


@router.get("/comparison", summary="Compare two analyses")
async def compare_analyses(
    analysis: Seen,
    call: Reading,
    before: Annotated[UUID, Query(description="The earlier analysis, one of yours too.")],
) -> AnalysisComparison:
    """What is better, worse, new or gone, criterion by criterion."""
    return await compare(call.session, await analyses.get(call, before), analysis)


async def _until_over(
    events: AsyncGenerator[Event], *, last: int, is_over: bool
) -> AsyncGenerator[Event]:
    """The events up to the one by which the analysis is over."""
    ends = {AnalysisStatus.SUCCEEDED, AnalysisStatus.FAILED, AnalysisStatus.CANCELLED}
    async with aclosing(events):
        if is_over and last == 0:
            return
        async for event in events:
            yield event
            # What came before the last that there was is history, and may have been tried again.
            if event.event in ends and int(event.id or 0) >= last:
                return
