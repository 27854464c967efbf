"""Every route of version 1."""

from fastapi import APIRouter

from app.api.v1 import chat, conversations, index, models, users
from app.core.security import Scope
from app.schemas.user import UserRead
from app.services.credits import ledger
from app.services.users import users as signing_in
from padstone.auth import Requires, key_routes
from padstone.auth.users import user_routes
from padstone.credits import credit_routes

__all__ = ["api_router", "openai_router"]

# OpenAI's clients take a base URL that ends with /v1, so these stand there as well.
_openai = APIRouter()
_openai.include_router(chat.router)
_openai.include_router(models.router)
openai_router = APIRouter(prefix="/v1", include_in_schema=False)
openai_router.include_router(_openai)

api_router = APIRouter(prefix="/api/v1")
api_router.include_router(index.router)
api_router.include_router(user_routes(signing_in, read=UserRead))
api_router.include_router(key_routes, prefix="/keys", tags=["keys"])
api_router.include_router(conversations.router)
api_router.include_router(
    credit_routes(ledger, read=Requires(Scope.CREDITS_READ), grant=Requires(Scope.USERS_MANAGE))
)
api_router.include_router(users.router)
api_router.include_router(_openai)
