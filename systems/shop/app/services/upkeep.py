"""What every process does now and then. Several may do it at once; each piece is done once."""

from app.models import IdempotencyRecord
from padstone.app import answer_upkeep

__all__ = ["upkeep"]


upkeep = (answer_upkeep(IdempotencyRecord),)
