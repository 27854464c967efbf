"""Answers that are kept, so that a repeated request is not carried out twice."""

from app.models.base import Base
from padstone.idempotency import IdempotencyRecordColumns
from padstone.models import Identified

__all__ = ["IdempotencyRecord"]


class IdempotencyRecord(Identified, IdempotencyRecordColumns, Base):
    """One answered request with an ``Idempotency-Key``."""

    __tablename__ = "idempotency_records"
