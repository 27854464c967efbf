"""The routes for people who are signed in: who they are, their devices, their password."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response, status

from padstone.auth.guards import PrincipalDep
from padstone.auth.users.dependencies import SignedInDep, UsersDep
from padstone.auth.users.password_changes import PasswordChanges
from padstone.auth.users.rows import user_by_id
from padstone.auth.users.schemas import PasswordChange, SessionRead, UserRead
from padstone.auth.users.sessions import Sessions
from padstone.db import ReadSessionDep, SessionDep
from padstone.errors import AuthError
from padstone.pages import CursorDep, CursorSignerDep, Page, paginate
from padstone.problems import problem_responses

__all__ = ["me_route", "own_routes"]

own_routes = APIRouter()
"""All but ``me``, whose answer is the system's."""

_NO_CONTENT = status.HTTP_204_NO_CONTENT

SessionId = Annotated[UUID, Path(description="As the list of sessions shows it.")]


def me_route(read_model: type[UserRead]) -> APIRouter:
    """The route that says who is calling, as ``read_model`` shows it."""
    router = APIRouter()

    async def read_me(
        principal: PrincipalDep, users: UsersDep, session: ReadSessionDep
    ) -> UserRead:
        """Show the user who is calling."""
        user = await user_by_id(session, users.users, principal.subject)
        if user is None:  # an API key whose owner is no user
            raise AuthError
        return read_model.model_validate(user)

    router.add_api_route("/me", read_me, methods=["GET"], response_model=read_model)
    return router


@own_routes.post("/logout", status_code=_NO_CONTENT)
async def log_out(principal: SignedInDep, users: UsersDep, session: SessionDep) -> None:
    """Sign out here. The access token stops working everywhere within a second."""
    if principal.method == "session" and users.browsers is not None:
        await users.browsers.end(principal)
    else:
        await Sessions(users).end(session, principal.subject, principal.credential)


@own_routes.post("/logout-all", status_code=_NO_CONTENT)
async def log_out_everywhere(principal: SignedInDep, users: UsersDep, session: SessionDep) -> None:
    """Sign out on every device, this one included."""
    await Sessions(users).end_all(session, principal.subject)


@own_routes.post("/change-password", status_code=_NO_CONTENT, responses=problem_responses(409, 429))
async def change_password(
    principal: SignedInDep, body: PasswordChange, users: UsersDep, response: Response
) -> None:
    """Change the password. It ends every other session."""
    current, new = body.current_password, body.new_password
    generation = await PasswordChanges(users).change(
        principal, current.get_secret_value(), new.get_secret_value()
    )
    if principal.method == "session" and users.browsers is not None:
        await users.browsers.renew(principal, generation, response)


@own_routes.get("/sessions")
async def list_sessions(
    principal: SignedInDep,
    params: CursorDep,
    users: UsersDep,
    session: ReadSessionDep,
    signer: CursorSignerDep,
) -> Page[SessionRead]:
    """List the devices that are signed in, the latest log-in first."""
    rows, next_cursor = await paginate(
        session,
        Sessions(users).statement(principal.subject),
        order_by=[(users.users.session_model.created_at, "desc")],
        params=params,
        signer=signer,
        scope=("sessions", principal.subject),
    )
    items = [SessionRead.model_validate(row) for row in rows]
    for item in items:
        item.is_current = item.id == principal.credential
    return Page(items=items, next_cursor=next_cursor, limit=params.limit)


@own_routes.delete("/sessions/{session_id}", status_code=_NO_CONTENT)
async def end_session(
    principal: SignedInDep, session_id: SessionId, users: UsersDep, session: SessionDep
) -> None:
    """Sign a device out."""
    await Sessions(users).end(session, principal.subject, session_id)
