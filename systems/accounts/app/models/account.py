"""Accounts: who pays."""

from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from padstone.credits import CreditAccountColumns
from padstone.models import (
    Identified,
    Revisioned,
    SoftDeleted,
    Timestamped,
    one_of,
    unique_living,
)

__all__ = ["Account", "AccountStatus"]


class AccountStatus(StrEnum):
    """Only an active account's keys are accepted."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class Account(Identified, CreditAccountColumns, Timestamped, Revisioned, SoftDeleted, Base):
    """A customer. The public id is ``acct_`` and the UUID in base 32."""

    __tablename__ = "accounts"
    __table_args__ = (
        one_of("status", AccountStatus),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
        unique_living("accounts", "email"),
    )

    email: Mapped[str] = mapped_column(comment="Lower case; unique among living accounts.")
    status: Mapped[str] = mapped_column(server_default=AccountStatus.ACTIVE.value)
