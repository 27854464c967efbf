"""When each credential was last used, written now and then rather than at every request."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import DateTime, Uuid, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import Database

__all__ = ["Usage"]

_log = structlog.get_logger("padstone.auth")


class Usage:
    """Collects uses in memory; one statement writes them all, once in ``seconds``.

    ``model`` has the columns ``id`` and ``last_used_at``. What is collected when a process is
    killed is lost: this is for an owner who wonders what is still in use, not for billing.
    """

    def __init__(self, model: Any, *, seconds: float, database: Database) -> None:
        self._model = model
        self._seconds = seconds
        self._database = database
        self._seen: dict[UUID, datetime] = {}
        self._task: asyncio.Task[None] | None = None

    def note(self, credential_id: UUID) -> None:
        """The credential is being used now."""
        self._seen[credential_id] = datetime.now(UTC)

    def start(self) -> None:
        """Begins to write in the background."""
        self._task = asyncio.create_task(self._flush_for_ever())

    async def stop(self) -> None:
        """Ends that, and writes what is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()

    async def flush(self) -> None:
        """Writes what was collected. A failure is logged, and the next time takes it along."""
        seen, self._seen = self._seen, {}
        if not seen:
            return

        async def write(session: AsyncSession) -> None:
            await self._write(session, seen)

        try:
            await self._database.run(write)
        except Exception as error:  # noqa: BLE001  # never worth failing anything else
            self._seen = seen | self._seen
            _log.warning("last use of credentials not written", error=type(error).__name__)

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            await self._flush_in_turn()

    async def _flush_in_turn(self) -> None:
        async with self._database.unasked() as may:
            if may:
                await self.flush()

    async def _write(self, session: AsyncSession, seen: dict[UUID, datetime]) -> None:
        model = self._model
        # A row that somebody else is writing is left out, so that nobody waits for this.
        free = select(model.id).where(model.id.in_(seen)).with_for_update(skip_locked=True)
        times = literal(list(seen.values()), ARRAY(DateTime(timezone=True)))
        use = (
            func.unnest(literal(list(seen), ARRAY(Uuid)), times)
            .table_valued("id", "at")
            .render_derived()
        )
        await session.execute(
            update(model)
            .where(
                model.id == use.c.id,
                model.id.in_(free),
                or_(model.last_used_at.is_(None), model.last_used_at < use.c.at),
            )
            .values(last_used_at=use.c.at),
            execution_options={"synchronize_session": False},
        )
