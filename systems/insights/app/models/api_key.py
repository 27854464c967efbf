"""API keys: what a user's programs show."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from padstone.auth import ApiKeyColumns
from padstone.models import Identified, Timestamped

__all__ = ["ApiKey"]


class ApiKey(Identified, ApiKeyColumns, Timestamped, Base):
    """One key of a user. The key itself is nowhere, only its hash."""

    __tablename__ = "api_keys"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
