"""First data: what a new database needs before anybody can try the system."""

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from padstone.settings import Settings

__all__ = ["Seed", "Seeding"]


class Seeding:
    """What a system's seed function works with. Running it twice changes nothing.

    ``credentials`` and ``examples`` are what ``padstone dev`` shows: the names and values a person
    needs to try the system, and commands that work as printed, with ``{url}`` for its address. They
    exist in development only.
    """

    def __init__(self, session: AsyncSession, settings: Settings, folder: Path) -> None:
        self.session = session
        self.settings = settings
        self.credentials: dict[str, str] = {}
        self.report: list[str] = []
        self.examples: list[str] = []
        self._file = folder / "demo" / f"{settings.SYSTEM}.json"

    def say(self, line: str) -> None:
        """Adds a line to what the command prints."""
        self.report.append(line)

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
