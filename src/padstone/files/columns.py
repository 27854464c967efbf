"""The columns of a system's table of files."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint as Check
from sqlalchemy import Index, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

__all__ = ["FileColumns", "FileStatus"]


class FileStatus(StrEnum):
    """What is thought of a file."""

    CLEAN = "clean"
    """Its content is what its name says, as far as can be seen."""
    QUARANTINED = "quarantined"
    """Its content is something else. It is kept and shown, and never handed out."""


class FileColumns:
    """One file, whose bytes are in the storage. It brings its constraints along.

    A system adds whose it is::

        class File(Identified, FileColumns, Timestamped, Base):
            __tablename__ = "files"

            user_id: Mapped[UUID] = mapped_column(
                ForeignKey("users.id", ondelete="CASCADE"), index=True
            )
    """

    # Sorted and compared by its bytes, the same everywhere.
    path: Mapped[str] = mapped_column(
        Text(collation="C"), comment="Where it was in the uploaded folder, / between the names."
    )
    name: Mapped[str] = mapped_column(comment="The last part of the path.")
    media_type: Mapped[str] = mapped_column(comment="By its content, not by what was claimed.")
    size_bytes: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(comment="SHA-256 of its content.")
    storage_key: Mapped[str] = mapped_column(comment="Where its bytes are.")
    status: Mapped[str] = mapped_column(comment="clean or quarantined.")
    expires_at: Mapped[datetime | None] = mapped_column(
        comment="When it is removed for good; null is never."
    )

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # After the mapping, so that a table with `__table_args__` of its own has them too.
        table = cls.__dict__.get("__table__")
        if isinstance(table, Table):
            known = ", ".join(f"'{status}'" for status in FileStatus)
            for name, rule in (
                ("size_bytes_not_negative", "size_bytes >= 0"),
                ("sha256_is_one", "octet_length(sha256) = 32"),
                ("status", f"status IN ({known})"),
            ):
                table.append_constraint(Check(rule, name=name))
            UniqueConstraint(table.c.storage_key)
            Index(
                f"ix_{table.name}_expires_at",
                table.c.expires_at,
                postgresql_where=text("expires_at IS NOT NULL"),
            )
