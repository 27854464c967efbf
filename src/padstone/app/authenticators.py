"""Opening what knows who is calling."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from starlette.routing import NoMatchFound

from padstone.app.application import Application
from padstone.app.periodic import Periodic
from padstone.auth import ApiKeyAuthenticator
from padstone.auth.users import Users
from padstone.db import Listener
from padstone.jobs import Jobs
from padstone.settings import MailSettings, RedisSettings, Settings, UserSettings

if TYPE_CHECKING:
    # Imported where there are any: a system without users need not have what they need.
    from padstone.auth.users import OpenedUsers

__all__ = ["open_authenticators", "prepare_sessions", "prepare_users", "user_upkeep"]

_PURGE_SECONDS = 600.0
_MOST_TRANSACTIONS = 100  # of a turn: whoever tries a million addresses leaves as many rows


def prepare_users(settings: Settings, jobs: Jobs | None) -> None:
    """Gives ``jobs`` what mails users. Raises ``TypeError`` where something lacks for that."""
    name = type(settings).__name__
    for group in (UserSettings, MailSettings):
        if not isinstance(settings, group):
            raise TypeError(f"{name} must inherit {group.__name__}: the application has users.")
    if jobs is None:
        raise TypeError("Users are mailed by jobs: give create_app jobs=Jobs() too.")
    from padstone.auth.users.mailing import post_by

    post_by(jobs)


def prepare_sessions(settings: Settings, users: Users | None) -> None:
    """Raises ``TypeError`` where something lacks for signing in by cookie."""
    if users is None:
        raise TypeError("Sessions are those of users: give create_app users=… too.")
    if not isinstance(settings, RedisSettings):
        name = type(settings).__name__
        raise TypeError(f"{name} must inherit RedisSettings: the application has sessions.")


async def open_authenticators(
    stack: AsyncExitStack,
    state: dict[str, Any],
    app: Application,
    settings: Settings,
    listener: Listener,
) -> None:
    """Opens ``state["api_keys"]``, ``["users"]`` and ``["sessions"]``, as the plan names them."""
    opened: dict[str, ApiKeyAuthenticator | OpenedUsers] = {}
    if app.plan.api_keys is not None:
        opened["api_keys"] = ApiKeyAuthenticator(app.plan.api_keys, listener)
    if app.plan.users is not None:
        opened["users"] = _users(app, settings, listener)
    for name, authenticator in opened.items():
        await authenticator.open(state["database"])
        stack.push_async_callback(authenticator.close)
        state[name] = authenticator
    if app.plan.sessions is not None:
        from padstone.auth.cookie_sessions import OpenedCookieSessions

        state["sessions"] = OpenedCookieSessions(app.plan.sessions, state["users"], state["redis"])


def user_upkeep(users: Users) -> Periodic:
    """What is repeated for users: taking away the sessions and attempts that are long over."""
    from padstone.auth.users.purge import purge_ended

    async def purge(state: Mapping[str, Any]) -> None:
        for _ in range(_MOST_TRANSACTIONS):
            async with state["database"].session() as session:
                if not await purge_ended(session, users):
                    return

    return Periodic("ended sessions", _PURGE_SECONDS, purge)


def _users(app: Application, settings: Settings, listener: Listener) -> "OpenedUsers":
    users, jobs = app.plan.users, app.plan.jobs
    assert users is not None  # noqa: S101  # create_app has refused what is not complete
    assert jobs is not None  # noqa: S101
    assert isinstance(settings, UserSettings)  # noqa: S101
    from padstone.auth.users import OpenedUsers
    from padstone.auth.users.mailing import post_by

    return OpenedUsers(
        users, settings, listener, post=post_by(jobs), site=app.title, pages=_pages(app, settings)
    )


def _pages(app: Application, settings: Settings) -> str:
    """The address of our own pages, which stand beside the routes."""
    try:
        path = app.url_path_for("verify_email_page").removesuffix("/verify-email")
    except NoMatchFound:  # the system has users, and no routes for them
        path = ""
    everywhere = {"0.0.0.0", "::"}  # noqa: S104  # where we listen is not where people find us
    host = "localhost" if settings.HOST in everywhere else settings.HOST
    return f"http://{host}:{settings.PORT}{path}"
