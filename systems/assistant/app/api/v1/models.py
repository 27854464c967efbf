"""Models: which can be asked, as OpenAI's clients list them."""

from fastapi import APIRouter

from app.api.deps import ChatCaller, ChatServiceDep
from app.api.openai_errors import OPENAI_RESPONSES
from app.schemas.chat import ModelList, ModelRead
from app.services.chat import ChatService
from app.services.plans import permit

__all__ = ["router"]

router = APIRouter(prefix="/models", tags=["models"], responses=OPENAI_RESPONSES)


@router.get("", summary="List the models")
async def list_models(caller: ChatCaller, service: ChatServiceDep) -> ModelList:
    """Those that your plan has."""
    plan = await service.plan(caller.subject)
    names = [name for name in service.router.models if plan.allows(name)]
    return ModelList(data=[_shown(service, name) for name in names])


@router.get("/{model:path}", summary="Show a model")
async def get_model(caller: ChatCaller, model: str, service: ChatServiceDep) -> ModelRead:
    """The model of this name, where your plan has it."""
    shown = _shown(service, model)
    permit(await service.plan(caller.subject), model)
    return shown


def _shown(service: ChatService, name: str) -> ModelRead:
    return ModelRead(id=name, owned_by=service.router.owner_of(name))
