"""What authenticators of every kind do with what they remember: open, hear of changes, close."""

from collections.abc import Mapping
from typing import Any

from padstone.auth.known_credentials import KnownCredentials
from padstone.db import Database, Listener
from padstone.db.listener import Heard

__all__ = ["RememberingAuthenticator"]


class RememberingAuthenticator:
    """Keeps all of ``known`` up to date by one listener.

    ``channels`` says what to call with what PostgreSQL tells of changes.
    """

    def __init__(
        self, listener: Listener, channels: Mapping[str, Heard], *known: KnownCredentials[Any]
    ) -> None:
        self._listener = listener
        self._remembered = known
        listener.subscribe(channels, hears=self._hears)

    @property
    def is_listening(self) -> bool:
        """Whether changes are heard at once."""
        return self._listener.is_listening

    async def open(self, database: Database) -> None:
        """It waits for nothing."""
        for known in self._remembered:
            await known.open(database)

    async def close(self) -> None:
        """Writes what is left to write."""
        for known in self._remembered:
            await known.close()

    def _hears(self, listening: bool) -> None:  # noqa: FBT001  # the listener's callback
        for known in self._remembered:
            known.hears(listening)
