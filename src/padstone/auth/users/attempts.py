"""How often something was tried for an address, counted whether or not anybody has it.

Counting is a transaction of its own, before the password is looked at: guesses that come at the
same time, that are cancelled or that fail are counted too. Nothing of the request but the address
plays a part, no network address and no header.
"""

import math
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, DateTime, cast, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.users.derived_keys import DerivedKeys
from padstone.auth.users.users import Users
from padstone.db import Database
from padstone.settings import UserSettings

__all__ = ["Attempts", "Limit"]


class Limit(NamedTuple):
    """At most ``most`` of a kind for one address within any ``window``."""

    kind: str
    most: int
    window: timedelta


class Attempts:
    """Counts attempts by a keyed hash of the address, exactly, over a sliding window."""

    def __init__(self, users: Users, settings: UserSettings) -> None:
        self._model = users.attempt_model
        self._keys = DerivedKeys(settings, "attempts")

    async def count(self, database: Database, limit: Limit, email: str) -> float | None:
        """Counts one more; ``None``, or where it is one too many the seconds to wait instead."""
        subject = self._subject(limit.kind, email)
        async with database.session() as session:
            if await session.scalar(self._one_more(limit, subject)) is not None:
                return None
            again_at = await session.scalar(
                select(self._oldest_that_counts(limit) + limit.window).where(
                    self._model.subject_hash == subject
                )
            )
            now: datetime = (await session.scalars(select(func.clock_timestamp()))).one()
        return max(1.0, math.ceil((again_at - now).total_seconds())) if again_at else 1.0

    async def reset(self, session: AsyncSession, limit: Limit, email: str) -> None:
        """Forgets what was counted, in the caller's transaction."""
        subject = self._subject(limit.kind, email)
        await session.execute(delete(self._model).where(self._model.subject_hash == subject))

    def _subject(self, kind: str, email: str) -> bytes:
        return self._keys.sign(f"{kind}\0{email}".encode())

    def _one_more(self, limit: Limit, subject: bytes) -> Any:
        model, now = self._model, func.clock_timestamp()
        tried = model.tried_at
        known = func.cardinality(tried)
        times = ARRAY(DateTime(timezone=True))
        new = insert(model).values(
            subject_hash=subject,
            tried_at=func.array_append(cast([], times), now),
            expires_at=now + limit.window,
        )
        oldest = self._oldest_that_counts(limit)
        # Of those before, only as many are kept as may still matter.
        kept = tried[known - limit.most + 2 : known]
        return new.on_conflict_do_update(
            index_elements=[model.subject_hash],
            set_={"tried_at": func.array_append(kept, now), "expires_at": now + limit.window},
            where=or_(oldest.is_(None), oldest <= now - limit.window),
        ).returning(model.subject_hash)

    def _oldest_that_counts(self, limit: Limit) -> Any:
        """The time of the attempt that has to leave the window before another may be made."""
        tried = self._model.tried_at
        return tried[func.cardinality(tried) - limit.most + 1]
