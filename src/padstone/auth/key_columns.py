"""The columns of a system's table of API keys."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

__all__ = ["ApiKeyColumns"]


class ApiKeyColumns:
    """Mixed into a system's table, beside ``Identified`` and ``Timestamped``.

    The system adds the foreign key to the owner, and names its column in ``ApiKeys``::

        class ApiKey(Identified, ApiKeyColumns, Timestamped, Base):
            __tablename__ = "api_keys"
            account_id: Mapped[UUID] = mapped_column(
                ForeignKey("accounts.id", ondelete="CASCADE"), index=True
            )
    """

    if TYPE_CHECKING:
        id: Mapped[UUID]
        created_at: Mapped[datetime]

    # The types are said, so that it does the same on a base that is no ``TableBase``.
    name: Mapped[str] = mapped_column(Text, comment="What its owner calls it.")
    prefix: Mapped[str] = mapped_column(
        Text, comment="The beginning of the key, by which its owner recognises it."
    )
    key_hash: Mapped[bytes] = mapped_column(
        unique=True,
        comment="SHA-256 of the whole key, which itself is stored nowhere.",
    )
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="What it may be used for.")
    last_used_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        info={"touch": False},  # being used is no change: updated_at stays
        comment="Written every few seconds, not at every use.",
    )
    expires_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="From then on it is refused; null is never."
    )
    revoked_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="Since when it is refused."
    )
    # No foreign key: an owner's keys are only ever deleted together.
    rotated_to: Mapped[UUID | None] = mapped_column(Uuid, comment="The key that took its place.")

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # Not beside the columns, where Alembic's autogenerate does not see them, and not in
        # __table_args__, which is the system's.
        table = cls.__dict__.get("__table__")
        if isinstance(table, Table):
            table.append_constraint(
                CheckConstraint("char_length(name) BETWEEN 1 AND 100", name="name_length")
            )
            table.append_constraint(
                CheckConstraint("octet_length(key_hash) = 32", name="key_hash_is_sha256")
            )
