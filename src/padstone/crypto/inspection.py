"""Whether every secret in the database can be opened."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, MetaData, text

from padstone.crypto.errors import EncryptionError
from padstone.crypto.holdings import encrypted_columns, holdings
from padstone.crypto.ring import KeyRing
from padstone.crypto.rotation import WINDOW
from padstone.crypto.unopened import Unopened
from padstone.crypto.walk import Key, last_key, next_window, sealed_in
from padstone.db import Database

__all__ = ["Inspected", "inspect_secrets"]


_MOST = 100_000


@dataclass(slots=True)
class Inspected:
    """``opened`` secrets were fine. ``held`` has the number of secrets by the id of their key."""

    opened: int = 0
    unopened: Unopened = field(default_factory=Unopened)
    held: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many secrets there are, whether they were looked at or not."""
        return max(sum(self.held.values()), self.opened + self.unopened.count)


async def inspect_secrets(
    database: Database, metadata: MetaData, keyring: KeyRing, *, most: int = _MOST
) -> Inspected:
    """Opens secrets of ``metadata``, about ``most`` of each column, and forgets them.

    All of them are counted by their keys. Nothing is locked or written.
    """
    found = Inspected()
    columns = encrypted_columns(metadata)
    for column in columns:
        await _open_each(database, column, keyring, found, most)
    async with database.session() as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        found.held = await holdings(session, columns)
    return found


async def _open_each(
    database: Database, column: Column[Any], keyring: KeyRing, found: Inspected, most: int
) -> None:
    async with database.session() as session:
        end = await last_key(session, column)
    after: Key | None = None
    looked_at = 0
    while end is not None and looked_at < most:
        async with database.session() as session:
            window = await next_window(session, column, after, end, WINDOW)
            if window is None:
                return
            secrets = await sealed_in(session, column, window)
        for sealed in secrets:
            try:
                keyring.decrypt(sealed.place, sealed.ciphertext)
            except EncryptionError as error:
                found.unopened.add(sealed.place, error)
            else:
                found.opened += 1
        looked_at += len(secrets)
        after = window.last
