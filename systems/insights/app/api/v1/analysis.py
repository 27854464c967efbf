"""Analyses: begun, watched, judged by a model or a person, reported and compared."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Response, status
from pydantic import BaseModel

from app.api.deps import AnalysisReader, IdempotencyDep, SettingsDep
from app.core.config import Settings
from app.core.configuration_keys import KEYS, ConfigurationName
from app.core.exceptions import NoModelError
from app.core.security import Scope
from app.core.vocabulary import AnalysisMode
from app.models import Analysis, AnalysisResult
from app.schemas.analysis import (
    AnalysisCreate,
    AnalysisRead,
    AnalysisResultRead,
    AnalysisUpdate,
    ModelList,
    ResultSet,
)
from app.services import analysis_service as service
from app.services.analysis_costs import reserve
from app.services.analysis_jobs import begin
from app.services.analysis_material import pin
from app.services.analysis_results import results_of
from app.services.configuration_service import effective_one
from padstone.db import ReadSessionDep
from padstone.idempotency import IdempotentRoute
from padstone.problems import problem_responses
from padstone.providers import ProvidersDep, Router
from padstone.resource import Call, Guards, Operation, Resource

__all__ = ["Reading", "Seen", "analyses", "configured", "router"]


class Analyses(Resource[Analysis]):
    """Analyses belong to whoever began them."""

    async def before_create(self, call: Call, row: Analysis, body: BaseModel) -> None:
        assert isinstance(body, AnalysisCreate)  # noqa: S101  # the declaration says so
        row.attempt = 1
        row.prompts = await pin(call.session, body.prompts)

    async def after_create(self, call: Call, row: Analysis) -> None:
        assert isinstance(call.settings, Settings)  # noqa: S101  # create_app was given them
        if row.mode == AnalysisMode.MANUAL:
            await service.begin_by_hand(call.session, row)
            return
        await reserve(call.session, row, call.settings)
        await begin(call.session, row)
        await service.tell(call.session, row, "queued")

    async def before_delete(self, call: Call, row: Analysis) -> None:
        assert isinstance(call.settings, Settings)  # noqa: S101  # create_app was given them
        if row.status in service.OPEN:
            await service.cancel(call.session, row, call.settings)


analyses = Analyses(
    Analysis,
    create=AnalysisCreate,
    update=AnalysisUpdate,
    read=AnalysisRead,
    plural="analyses",
    owner="user_id",
    guards=Guards(read=[Scope.ANALYSES_READ], write=[Scope.ANALYSES_WRITE]),
    filters={
        "status": ["eq", "in"],
        "mode": ["eq"],
        "upload_id": ["eq"],
        "name": ["contains"],
    },
    sorts=["name", "created_at"],
    unmapped=["prompts"],
    # Beginning one is a route below, which knows the models that there are.
    operations={Operation.GET, Operation.LIST, Operation.UPDATE, Operation.DELETE},
)

steps = APIRouter(prefix="/analyses/{analysis_id}", tags=["analyses"])
others = APIRouter(tags=["analyses"], route_class=IdempotentRoute)
Seen = Annotated[Analysis, analyses.loaded(Operation.GET)]
Locked = Annotated[Analysis, analyses.loaded(Operation.UPDATE)]
Reading = Annotated[Call, analyses.call(Operation.GET)]
Writing = Annotated[Call, analyses.call(Operation.UPDATE)]
Criterion = Annotated[
    str,
    Path(max_length=50, pattern=r"^[a-z][a-z0-9_]*$", description="The key of the criterion."),
]
Form = Literal["markdown", "html"]


@others.post(
    "/analyses",
    status_code=status.HTTP_201_CREATED,
    response_model=AnalysisRead,
    summary="Begin an analysis",
    dependencies=[IdempotencyDep],
    responses=problem_responses(402, 409),
)
async def create_analysis(
    call: Annotated[Call, analyses.call(Operation.CREATE)],
    body: AnalysisCreate,
    providers: ProvidersDep,
    response: Response,
) -> Analysis:
    """It waits for a worker, or in the mode `manual` for you.

    Follow its `/events`. Send an `Idempotency-Key`, and repeat the request with it when you do not
    know whether it arrived: there is one analysis.
    """
    row = await analyses.create(call, await _with_model(call, body, providers))
    response.headers["Location"] = f"/api/v1/analyses/{row.id}"
    return row


@steps.post(
    "/cancel",
    response_model=AnalysisRead,
    summary="Cancel an analysis",
    responses=problem_responses(409),
)
async def cancel_analysis(analysis: Locked, call: Writing, settings: SettingsDep) -> Analysis:
    """It ends for good. What a model was asked so far is paid."""
    await service.cancel(call.session, analysis, settings)
    return await analyses.get(call, analysis.id)


@steps.post(
    "/retry",
    response_model=AnalysisRead,
    summary="Try a failed analysis again",
    responses=problem_responses(402, 409),
)
async def retry_analysis(analysis: Locked, call: Writing, settings: SettingsDep) -> Analysis:
    """By the same versions of its prompts. What was answered before is not asked again."""
    await service.prepare_retry(call.session, analysis, settings)
    await begin(call.session, analysis)
    return await analyses.get(call, analysis.id)


@steps.post(
    "/take-over",
    response_model=AnalysisRead,
    summary="Judge by hand from now on",
    responses=problem_responses(409),
)
async def take_over_analysis(analysis: Locked, call: Writing, settings: SettingsDep) -> Analysis:
    """Where no model answers, enter a result for each criterion, and finish it."""
    await service.take_over(call.session, analysis, settings)
    return await analyses.get(call, analysis.id)


@steps.get("/results", summary="List the results of an analysis")
async def list_analysis_results(analysis: Seen, call: Reading) -> list[AnalysisResultRead]:
    """One for each criterion, as far as they were judged, in the order of the prompts."""
    found = await call.session.scalars(results_of(analysis.id))
    return [AnalysisResultRead.model_validate(one) for one in found]


@steps.put(
    "/results/{prompt_version_id}/{criterion}",
    response_model=AnalysisResultRead,
    summary="Enter a result by hand",
    responses=problem_responses(409),
)
async def set_analysis_result(
    analysis: Locked, call: Writing, prompt_version_id: UUID, criterion: Criterion, body: ResultSet
) -> AnalysisResult:
    """For one criterion, again as often as you like until the analysis is finished."""
    return await service.set_result(
        call.session,
        analysis,
        prompt_version_id,
        criterion,
        user_id=call.subject,
        values=body.model_dump(mode="json"),
    )


@steps.post(
    "/finish",
    response_model=AnalysisRead,
    summary="Finish an analysis by hand",
    responses=problem_responses(409),
)
async def finish_analysis(analysis: Locked, call: Writing, settings: SettingsDep) -> Analysis:
    """Refused with 409 while a criterion has no result; the errors name each."""
    await service.finish_by_hand(call.session, analysis, settings)
    return await analyses.get(call, analysis.id)


@others.get("/models", summary="List the models that may judge")
async def list_models(
    caller: AnalysisReader, providers: ProvidersDep, session: ReadSessionDep
) -> ModelList:
    """And which of them judges where an analysis names none."""
    key = KEYS[ConfigurationName.DEFAULT_MODEL]
    configured = await effective_one(session, caller.subject, key)
    return ModelList(items=list(providers.models), default=_default(configured.value, providers))


async def _with_model(call: Call, body: AnalysisCreate, providers: Router) -> AnalysisCreate:
    """The body with the model that is to judge. Raises ``NoModelError``."""
    if body.mode == AnalysisMode.MANUAL:
        return body.model_copy(update={"model": None})
    preferred = await configured(call, ConfigurationName.DEFAULT_MODEL)
    model = body.model or _default(preferred, providers)
    if model not in providers.models:
        raise NoModelError
    return body.model_copy(update={"model": model})


def _default(configured: Any, providers: Router) -> str | None:
    known = providers.models
    return configured if configured in known else next(iter(known), None)


async def configured(call: Call, name: ConfigurationName) -> Any:
    return (await effective_one(call.session, call.subject, KEYS[name])).value


router = APIRouter()
router.include_router(analyses.router)
router.include_router(steps)
router.include_router(others)
