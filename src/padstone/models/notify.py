"""Which changes of its rows a table tells every process of, for what they remember of them.

What remembers says so when it is declared, beside the table. ``padstone db revision`` writes the
triggers that this asks for.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Column, Executable, Table
from sqlalchemy.sql import visitors

__all__ = ["Notify", "columns_read", "needs_notify", "notify_arguments"]

_INFO = "notify"


class Notify(NamedTuple):
    """What ``create_notify`` needs beside the table's name."""

    channel: str
    column: str
    on: tuple[str, ...]


def needs_notify(table: Table, channel: str, column: str, *, on: Iterable[str]) -> None:
    """Says that ``channel`` must hear of changes of the columns ``on``, and of deletions.

    The message is the former value of ``column``. Who says so again for the same channel adds to
    the columns; another ``column`` then is a ``ValueError``.
    """
    known = _known(table)
    before = known.get(channel, Notify(channel, column, ()))
    if before.column != column:
        raise ValueError(f"{channel} hears the {before.column} of {table.name}, not its {column}")
    known[channel] = before._replace(on=tuple(sorted({*before.on, *on})))


def notify_arguments(table: Table) -> list[Notify]:
    """What has been said of ``table``, by channel."""
    known = _known(table)
    return [known[channel] for channel in sorted(known)]


def _known(table: Table) -> dict[str, Notify]:
    # Not in the table's own info, which a revision writes out beside its columns.
    tables: dict[str, dict[str, Notify]] = table.metadata.info.setdefault(_INFO, {})
    return tables.setdefault(table.key, {})


def columns_read(statement: Executable, table: Table) -> set[str]:
    """The columns of ``table`` that a SELECT reads, but for its key, which does not change."""
    found = visitors.iterate(statement)  # type: ignore[arg-type]  # a SELECT is an element too
    read = {one.name for one in found if isinstance(one, Column) and one.table is table}
    return read - {key.name for key in table.primary_key}
