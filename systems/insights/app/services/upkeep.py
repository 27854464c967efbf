"""What every process does now and then. Several may do it at once; each piece is done once."""

from app.models import IdempotencyRecord
from app.services import file_service
from padstone.app import Periodic, answer_upkeep

__all__ = ["upkeep"]


upkeep = (
    answer_upkeep(IdempotencyRecord),
    Periodic("expired files", every=60, work=file_service.remove_expired),
    Periodic("files without a row", every=86_400, work=file_service.files.tidy),
)
