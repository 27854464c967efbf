"""What every process does now and then. Several may do it at once; each piece is done once."""

from collections.abc import Mapping
from typing import Any

from app.models import IdempotencyRecord
from app.services import file_service
from app.services.credit_service import ledger
from padstone.app import Periodic, answer_upkeep
from padstone.credits import sweep

__all__ = ["upkeep"]


async def _credits(state: Mapping[str, Any]) -> None:
    await sweep(state["database"], ledger)


upkeep = (
    answer_upkeep(IdempotencyRecord),
    Periodic("overdue holds and grants", every=60, work=_credits),
    Periodic("expired files", every=60, work=file_service.remove_expired),
    Periodic("files without a row", every=86_400, work=file_service.files.tidy),
)
