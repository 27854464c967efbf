"""Which columns are encrypted, and how many rows each key holds."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, LargeBinary, MetaData, case, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.crypto.ciphertext import BEFORE_ID, VERSION
from padstone.crypto.column import Encrypted

__all__ = ["MALFORMED", "encrypted_columns", "holdings"]

MALFORMED = ""
"""What stands for the key of bytes that name none."""


def encrypted_columns(metadata: MetaData) -> list[Column[Any]]:
    """The columns of type ``Encrypted``, in the order of their tables."""
    return [
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Encrypted)
    ]


async def holdings(session: AsyncSession, columns: Iterable[Column[Any]]) -> dict[str, int]:
    """How many ciphertexts each key has sealed, by the key's id, deleted rows included."""
    found: Counter[str] = Counter()
    for column in columns:
        blob = type_coerce(column, LargeBinary)
        name = case(
            (func.octet_length(blob) <= BEFORE_ID, b""),  # get_byte would fail
            (
                func.get_byte(blob, 0) == VERSION,
                func.substring(blob, BEFORE_ID + 1, func.get_byte(blob, 1)),
            ),
            else_=b"",
        )
        shown = func.encode(name, "escape").label("key")
        statement = select(shown, func.count()).where(column.is_not(None)).group_by(shown)
        for key, count in await session.execute(statement):
            found[key] += count
    return dict(found)
