"""The tables of this system."""

from app.models.account import Account, AccountStatus
from app.models.api_key import ApiKey
from app.models.base import Base
from app.models.credit import CreditEntry, CreditHold
from app.models.idempotency import IdempotencyRecord
from app.models.stored_object import ObjectStatus, StoredObject

__all__ = [
    "Account",
    "AccountStatus",
    "ApiKey",
    "Base",
    "CreditEntry",
    "CreditHold",
    "IdempotencyRecord",
    "ObjectStatus",
    "StoredObject",
]
