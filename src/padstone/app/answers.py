"""Deleting the answers that were kept for requests that might have been repeated."""

from collections.abc import Mapping
from typing import Any

from padstone.app.periodic import Periodic
from padstone.idempotency import IdempotencyRecordColumns, purge_expired

__all__ = ["answer_upkeep"]

_PURGE_SECONDS = 3600.0


def answer_upkeep(model: type[IdempotencyRecordColumns]) -> Periodic:
    """What a system with ``Idempotent(model)`` repeats: ``periodic=[answer_upkeep(model)]``."""

    async def purge(state: Mapping[str, Any]) -> None:
        async with state["database"].session() as session:
            await purge_expired(session, model)

    return Periodic("expired answers", _PURGE_SECONDS, purge)
