"""API keys: what an account's programs show."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from padstone.auth import ApiKeyColumns
from padstone.models import Identified, Timestamped

__all__ = ["ApiKey"]


class ApiKey(Identified, ApiKeyColumns, Timestamped, Base):
    """One key of an account. The key itself is nowhere, only its hash."""

    __tablename__ = "api_keys"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
