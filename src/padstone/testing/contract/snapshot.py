"""Whether anything has changed in any table."""

from sqlalchemy import MetaData, Table, quoted_name, text
from sqlalchemy.dialects.postgresql.base import PGDialect

from padstone.db import Database

__all__ = ["snapshot"]

_quoted = PGDialect().identifier_preparer.quote  # type: ignore[no-untyped-call]  # not typed there


async def snapshot(database: Database, metadata: MetaData) -> dict[str, str]:
    """Of each table how many rows it has, and a digest of them.

    Columns that say ``info={"touch": False}`` do not count: being used is no change.
    """
    parts = " UNION ALL ".join(map(_digest, metadata.sorted_tables))
    async with database.read_session() as session:
        return {row[0]: f"{row[1]} rows, {row[2]}" for row in await session.execute(text(parts))}


def _digest(table: Table) -> str:
    columns = [_quoted(c.name) for c in table.c if c.info.get("touch") is not False]
    row = f"ROW({', '.join(columns)})::text"
    name = str(quoted_name(table.name, quote=None))
    return (
        f"SELECT '{name}', count(*), md5(string_agg({row}, ',' ORDER BY {row} COLLATE \"C\")) "  # noqa: S608  # names of our own tables
        f"FROM {_quoted(table.name)}"
    )
