"""The user who is calling: to see, to change, to take along and to erase."""

from fastapi import APIRouter, Response, status

from app.api.deps import SettingsDep
from app.models import User
from app.schemas.user import UserErase, UserExport, UserResponse, UserUpdate
from app.services import accounts
from app.services.erasure import erase
from app.services.portability import export
from padstone.auth.users import SignedInDep, UsersDep
from padstone.problems import problem_responses
from padstone.resource import CallDep, ReadCallDep
from padstone.storage import StorageDep

__all__ = ["router"]

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/me", response_model=UserResponse, summary="Show the user who is calling")
async def get_user(call: ReadCallDep) -> User:
    """What is known of the user."""
    return await accounts.get_user(call.session, call.subject)


@router.patch("/me", response_model=UserResponse, summary="Change the user who is calling")
async def update_user(call: CallDep, body: UserUpdate) -> User:
    """Only the fields that are sent change."""
    changes = body.model_dump(exclude_unset=True)
    return await accounts.update_user(call.session, call.subject, changes)


@router.get("/me/export", summary="Everything that is the user's, as one document")
async def export_user(call: ReadCallDep, response: Response) -> UserExport:
    """Every row of every table, deleted ones included; secrets are left out.

    Uploaded files are downloaded one by one, by `/resume-uploads`.
    """
    response.headers["Content-Disposition"] = 'attachment; filename="careers-export.json"'
    return await export(call.session, call.subject)


@router.post(
    "/me/erase",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Erase the user and everything of theirs, for good",
    responses=problem_responses(429),
)
async def erase_user(
    principal: SignedInDep,
    body: UserErase,
    users: UsersDep,
    storage: StorageDep,
    settings: SettingsDep,
) -> None:
    """Rows, files and waiting jobs are gone when this is answered; nothing can be restored."""
    password = body.current_password.get_secret_value()
    await erase(users, storage, settings, principal, password)
