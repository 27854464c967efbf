"""Whether every secret in the database can be opened."""

from dataclasses import dataclass, field

from sqlalchemy import MetaData, text

from padstone.crypto.errors import EncryptionError
from padstone.crypto.holdings import encrypted_columns, holdings
from padstone.crypto.ring import KeyRing
from padstone.crypto.rotation import WINDOW
from padstone.crypto.unopened import Unopened
from padstone.crypto.walk import Key, last_key, next_window, sealed_in
from padstone.db import Database

__all__ = ["Inspected", "inspect_secrets"]


@dataclass(slots=True)
class Inspected:
    """``opened`` secrets were fine. ``held`` has the number of secrets by the id of their key."""

    opened: int = 0
    unopened: Unopened = field(default_factory=Unopened)
    held: dict[str, int] = field(default_factory=dict)


async def inspect_secrets(database: Database, metadata: MetaData, keyring: KeyRing) -> Inspected:
    """Opens every secret of ``metadata`` once, and forgets it. Nothing is locked or written."""
    found = Inspected()
    for column in encrypted_columns(metadata):
        after: Key | None = None
        async with database.session() as session:
            end = await last_key(session, column)
        while end is not None:
            async with database.session() as session:
                window = await next_window(session, column, after, end, WINDOW)
                if window is None:
                    break
                for sealed in await sealed_in(session, column, window):
                    try:
                        keyring.decrypt(sealed.place, sealed.ciphertext)
                    except EncryptionError as error:
                        found.unopened.add(sealed.place, error)
                    else:
                        found.opened += 1
            after = window.last
    async with database.session() as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        found.held = await holdings(session, encrypted_columns(metadata))
    return found
