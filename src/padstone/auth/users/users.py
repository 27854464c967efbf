"""What a system says about its users."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, bindparam, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.users.columns import (
    SESSION_CHANNEL,
    SESSION_COLUMNS,
    USER_CHANNEL,
    LoginAttemptColumns,
    UserColumns,
    UserSessionColumns,
)
from padstone.models import SoftDeleted, columns_read, needs_notify

__all__ = ["Users"]

OnVerified = Callable[[AsyncSession, UUID], Awaitable[object]]


class Users:
    """Which tables hold the users and their sessions, what each role may do, and who counts.

    ``roles`` gives each role its scopes; who registers gets ``default_role``. A user is refused
    while suspended or deleted, where ``is_active``, a condition on ``model``, does not hold, and,
    unless ``require_verified`` is off, before the e-mail address is verified.

    ``on_verified`` is called with a user's id in the transaction that verifies the address, for
    what every user begins with. It may be called again for the same user and must bear that.

    A process remembers up to ``cache_size`` sessions: for ``cache_seconds`` while the database
    tells of changes, and for ``cache_seconds_unheard`` while that connection is down.
    ``last_used_at`` is written once in ``usage_seconds``. A session that has ended is kept for
    ``keep_ended`` longer, so that a stolen token is still known for what it is.
    """

    def __init__(  # noqa: PLR0913  # one place where everything is named
        self,
        *,
        model: type[UserColumns],
        session_model: type[UserSessionColumns],
        attempt_model: type[LoginAttemptColumns],
        roles: Mapping[str, Iterable[str]],
        default_role: str,
        is_active: ColumnElement[bool] | None = None,
        require_verified: bool = True,
        on_verified: OnVerified | None = None,
        cache_seconds: float = 30.0,
        cache_seconds_unheard: float = 1.0,
        cache_size: int = 10_000,
        usage_seconds: float = 10.0,
        keep_ended: timedelta = timedelta(days=7),
    ) -> None:
        self.model: Any = model
        self.session_model: Any = session_model
        self.attempt_model: Any = attempt_model
        self.roles = {str(role): frozenset(map(str, scopes)) for role, scopes in roles.items()}
        self.default_role = str(default_role)
        if self.default_role not in self.roles:
            raise ValueError(f"default_role {self.default_role!r} is none of the roles")
        self.require_verified = require_verified
        self.on_verified = on_verified
        self.cache_seconds = cache_seconds
        self.cache_seconds_unheard = cache_seconds_unheard
        self.cache_size = cache_size
        self.usage_seconds = usage_seconds
        self.keep_ended = keep_ended
        self.is_living: ColumnElement[bool] | None = None
        if issubclass(model, SoftDeleted):
            self.is_living = model.deleted_at.is_(None)
        self.is_active = self._active(is_active)
        self.lookup = self._lookup()
        self.browser_lookup = self._browser_lookup()
        self._ask_to_be_told()

    @property
    def scopes(self) -> frozenset[str]:
        """All scopes that a role has."""
        return frozenset().union(*self.roles.values())

    def _ask_to_be_told(self) -> None:
        sessions, people = self.session_model.__table__, self.model.__table__
        needs_notify(sessions, SESSION_CHANNEL, "id", on=SESSION_COLUMNS)
        read = columns_read(self.lookup, people) | columns_read(self.browser_lookup, people)
        needs_notify(people, USER_CHANNEL, "id", on=read)

    def _active(self, own: ColumnElement[bool] | None) -> ColumnElement[bool]:
        model = self.model
        condition: ColumnElement[bool] = model.suspended_at.is_(None) & (
            true() if own is None else own
        )
        # Our sessions add this by themselves; whoever runs the statement otherwise needs it too.
        if self.is_living is not None:
            condition &= self.is_living
        if self.require_verified:
            condition &= model.email_verified_at.is_not(None)
        return condition

    def _lookup(self) -> Executable:
        session, model = self.session_model, self.model
        return (
            select(session.id, session.user_id, session.expires_at, model.role)
            .join(model, model.id == session.user_id)
            .where(
                session.id == bindparam("session_id"),
                session.revoked_at.is_(None),
                session.expires_at > func.now(),
                self.is_active,
            )
        )

    def _browser_lookup(self) -> Executable:
        """By the user and the generation: what a browser session stands for."""
        model = self.model
        return select(model.id, model.role).where(
            model.id == bindparam("user_id"),
            model.browser_generation == bindparam("generation"),
            self.is_active,
        )
