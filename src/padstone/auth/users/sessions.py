"""Sessions: one for each device on which a user is signed in."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, Self
from uuid import UUID

import structlog
from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.users.errors import BadRefreshTokenError
from padstone.auth.users.opened import OpenedUsers
from padstone.db import after_commit
from padstone.errors import NotFoundError
from padstone.ids import new_id

__all__ = ["Device", "Sessions", "Tokens"]

_log = structlog.get_logger("padstone.auth")

_LONGEST_AGENT, _LONGEST_ADDRESS = 300, 45


class Device(NamedTuple):
    """What a request tells of where it comes from. It is shown to the user, and proves nothing."""

    user_agent: str | None = None
    address: str | None = None

    def printable(self) -> Self:
        """What may be stored and shown of it, since a stranger wrote it."""
        return type(self)(
            _printable(self.user_agent, _LONGEST_AGENT), _printable(self.address, _LONGEST_ADDRESS)
        )


class Tokens(NamedTuple):
    """What a device is given. ``expires_in`` is how many seconds the access token works."""

    access_token: str
    expires_in: int
    refresh_token: str
    session_expires_at: datetime


class Sessions:
    """Begins, refreshes and ends sessions."""

    def __init__(self, opened: OpenedUsers) -> None:
        self._opened = opened
        self._model = opened.users.session_model
        self._settings = opened.settings

    async def begin(self, session: AsyncSession, user_id: UUID, device: Device) -> Tokens:
        """A new session, in the caller's transaction."""
        now = datetime.now(UTC)
        row = self._model()
        row.id, row.user_id, row.generation, row.rotated_at = new_id(), user_id, 1, now
        row.expires_at = self._end(now, began=now)
        row.user_agent, row.address = device.printable()
        session.add(row)
        await session.flush()
        return self._tokens(row)

    async def refresh(self, token: str) -> Tokens:
        """New tokens for an old refresh token, in a transaction of its own.

        The newest token is replaced. The one before it gets the newest again for a few seconds, so
        that refreshes at the same time all succeed. Any other one has been used by two, of whom one
        is a thief: the session ends. Raises ``BadRefreshTokenError``.
        """
        said = self._opened.refresh_tokens.read(token)
        if said is None:
            raise BadRefreshTokenError
        async with self._opened.database.session() as session:
            row = await session.scalar(self._locked(said.session_id))
            tokens = None if row is None else await self._turn(session, row, said.generation)
        # Raised after the commit, since the end of a stolen session must stay.
        if tokens is None:
            raise BadRefreshTokenError
        return tokens

    def statement(self, user_id: UUID) -> Select[Any]:
        """The living sessions of a user, for a page or a list."""
        model = self._model
        return select(model).where(
            model.user_id == user_id, model.revoked_at.is_(None), model.expires_at > func.now()
        )

    async def end(self, session: AsyncSession, user_id: UUID, session_id: UUID) -> None:
        """Ends one session of the user; again changes nothing. Raises ``NotFoundError``."""
        model = self._model
        mine = select(model.id).where(model.id == session_id, model.user_id == user_id)
        if await session.scalar(mine) is None:
            raise NotFoundError("There is no such session.")
        await self._end_where(session, [model.id == session_id])

    async def end_all(
        self, session: AsyncSession, user_id: UUID, *, but: UUID | None = None
    ) -> int:
        """Ends every session of the user, except ``but``, and every browser's.

        The new generation of browser sessions, of which none is left yet.
        """
        # The user first, as everywhere, so that nobody waits for each other.
        generation = await self.end_browsers(session, user_id)
        model = self._model
        others = [] if but is None else [model.id != but]
        await self._end_where(session, [model.user_id == user_id, *others])
        return generation

    async def end_browsers(self, session: AsyncSession, user_id: UUID) -> int:
        """Ends every browser's session of the user; the generation of those that begin from now on.

        The database alone decides it, whatever becomes of where they are kept.
        """
        model = self._opened.users.model
        generation = await session.scalar(
            update(model)
            .where(model.id == user_id)
            .values(browser_generation=model.browser_generation + 1)
            .returning(model.browser_generation),
            execution_options={"synchronize_session": False},
        )
        after_commit(session, partial(self._opened.authenticator.forget_user, user_id))
        return generation or 0  # of a user who is gone, and has no sessions

    async def _end_where(self, session: AsyncSession, conditions: Iterable[Any]) -> None:
        model = self._model
        ended = await session.scalars(
            update(model)
            .where(model.revoked_at.is_(None), *conditions)
            .values(revoked_at=func.clock_timestamp())
            .returning(model.id),
            execution_options={"synchronize_session": False},
        )
        forget = self._opened.authenticator.forget
        for session_id in ended.all():
            after_commit(session, partial(forget, session_id))

    def _locked(self, session_id: UUID) -> Select[Any]:
        users, model = self._opened.users, self._model
        return (
            select(model)
            .join(users.model, users.model.id == model.user_id)
            .where(
                model.id == session_id,
                model.revoked_at.is_(None),
                model.expires_at > func.now(),
                users.is_active,
            )
            .with_for_update(of=model)
        )

    async def _turn(self, session: AsyncSession, row: Any, generation: int) -> Tokens | None:
        now = datetime.now(UTC)
        leeway = timedelta(seconds=self._settings.REFRESH_LEEWAY_SECONDS)
        if generation == row.generation:
            row.generation, row.rotated_at = generation + 1, now
            row.expires_at = self._end(now, began=row.created_at)
            await session.flush()
        elif generation != row.generation - 1 or now - row.rotated_at > leeway:
            _log.warning("refresh token came again; session ended", actor=f"jwt:{row.id}")
            await self._end_where(session, [self._model.id == row.id])
            return None
        return self._tokens(row)

    def _end(self, now: datetime, *, began: datetime) -> datetime:
        settings = self._settings
        return min(
            now + timedelta(seconds=settings.REFRESH_TOKEN_SECONDS),
            began + timedelta(seconds=settings.SESSION_SECONDS),
        )

    def _tokens(self, row: Any) -> Tokens:
        access, seconds = self._opened.access_tokens.issue(
            row.user_id, row.id, at_most=row.expires_at.timestamp()
        )
        refresh = self._opened.refresh_tokens.issue(row.id, row.generation)
        return Tokens(access, seconds, refresh, row.expires_at)


def _printable(text: str | None, most: int) -> str | None:
    kept = "".join(character for character in text or "" if character.isprintable())[:most]
    return kept or None
