"""The tables of this system."""

from app.models.api_key import ApiKey
from app.models.base import Base
from app.models.conversation import Conversation, ConversationMessage, MessageRole
from app.models.credit import CreditEntry, CreditHold
from app.models.idempotency import IdempotencyRecord
from app.models.metered_call import MeteredCall
from app.models.user import LoginAttempt, User, UserSession

__all__ = [
    "ApiKey",
    "Base",
    "Conversation",
    "ConversationMessage",
    "CreditEntry",
    "CreditHold",
    "IdempotencyRecord",
    "LoginAttempt",
    "MessageRole",
    "MeteredCall",
    "User",
    "UserSession",
]
