"""The tables of this system."""

from app.models.base import Base
from app.models.note import Note
from app.models.user import ApiKey, LoginAttempt, User, UserSession

__all__ = ["ApiKey", "Base", "LoginAttempt", "Note", "User", "UserSession"]
