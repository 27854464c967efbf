"""What a system's seed function works with."""

import json
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.seed.pace import Pace
from padstone.seed.rows import RowCounts, write
from padstone.settings import Settings

__all__ = ["Seed", "Seeding"]


class Seeding:
    """What a system's seed function works with. Running it twice changes nothing.

    ``credentials`` and ``examples`` are what ``padstone dev`` shows: the names and values a person
    needs to try the system, and commands that work as printed, with ``{url}`` for its address. They
    exist in development only. ``pace`` is told how far a long piece of work is.
    """

    def __init__(
        self,
        session: AsyncSession,
        settings: Settings,
        folder: Path,
        *,
        pace: Pace | None = None,
    ) -> None:
        self.session = session
        self.settings = settings
        self.credentials: dict[str, str] = {}
        self.report: list[str] = []
        self.examples: list[str] = []
        self.counts: dict[str, RowCounts] = {}
        self._pace = pace or Pace(lambda _sentence: None)
        self._file = folder / "demo" / f"{settings.SYSTEM}.json"

    def say(self, line: str) -> None:
        """Adds a line to what the command prints."""
        self.report.append(line)

    async def rows(
        self, model: type[Any], rows: Iterable[Mapping[str, Any]], *, key: str | tuple[str, ...]
    ) -> RowCounts:
        """Makes the rows of ``model`` that are missing and changes those that differ; reports both.

        ``key`` names the columns by which a row is found again; they are unique in the table. A row
        is what its model's attributes shall be. What it leaves out is left alone, or gets its
        default when the row is made. ``ByKey`` stands for another row's id. A row that is deleted
        softly, in a table where living rows alone are unique, is made anew.

        Rows that are right are not written, so that ``updated_at`` and ``revision`` stay. Objects
        that the session has loaded before keep what they have read. Raises ``SeedDataError`` for
        what cannot be written; the command then writes nothing at all.
        """
        table = inspect(model).local_table.name
        self._pace.begin()
        counts = await write(
            self.session,
            model,
            rows,
            (key,) if isinstance(key, str) else key,
            lambda done, of: self._pace.at(f"{table}: {done:,} of {of:,} rows …"),
        )
        self._pace.end()
        self.counts[table] = self.counts.get(table, RowCounts()) + counts
        self.say(f"{table}: {counts}")
        return counts

    def remember(self, name: str, make: Callable[[], str]) -> str:
        """A demo secret that stays the same from run to run, also when the database is reset.

        It is kept in the checkout's private folder, readable by its owner only.
        """
        known = self._load()
        if name not in known:
            known[name] = make()
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(known, file)
        self.credentials[name] = known[name]
        return known[name]

    def _load(self) -> dict[str, str]:
        try:
            loaded = json.loads(self._file.read_text())
        except (OSError, ValueError):  # none yet, or half-written by a killed process
            return {}
        return loaded if isinstance(loaded, dict) else {}


Seed = Callable[[Seeding], Awaitable[None]]
"""A system's seed function. It writes through ``seeding.session``; the caller commits."""
