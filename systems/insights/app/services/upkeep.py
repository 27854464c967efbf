"""What every process does now and then. Several may do it at once; each piece is done once."""

from collections.abc import Mapping
from typing import Any

from app.models import IdempotencyRecord
from app.services import file_service
from padstone.app import Periodic
from padstone.idempotency import purge_expired

__all__ = ["upkeep"]


async def _answers(state: Mapping[str, Any]) -> None:
    async with state["database"].session() as session:
        await purge_expired(session, IdempotencyRecord)


upkeep = (
    Periodic("expired answers", every=3600, work=_answers),
    Periodic("expired files", every=60, work=file_service.remove_expired),
    Periodic("files without a row", every=86_400, work=file_service.files.tidy),
)
