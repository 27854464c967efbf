"""What every process does now and then. Several may do it at once; each piece is done once."""

from collections.abc import Mapping
from typing import Any

from app.models import IdempotencyRecord
from app.services.credits import ledger
from app.services.objects import sweep_abandoned
from padstone.app import Periodic, answer_upkeep
from padstone.credits import sweep

__all__ = ["upkeep"]


async def _credits(state: Mapping[str, Any]) -> None:
    await sweep(state["database"], ledger)


async def _objects(state: Mapping[str, Any]) -> None:
    async with state["database"].session() as session:
        await sweep_abandoned(session, state["storage"])


upkeep = (
    Periodic("overdue holds and grants", every=15, work=_credits),
    Periodic("abandoned uploads", every=300, work=_objects),
    answer_upkeep(IdempotencyRecord),
)
