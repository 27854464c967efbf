"""Every secret sealed again with the first key, while the system runs.

It goes from window to window, each in a transaction of its own: whoever interrupts it loses
nothing, and the next run goes on with what is left. Rows that others hold are passed over at first,
and waited for in a second round.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, LargeBinary, MetaData, bindparam, func, text, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.crypto.ciphertext import head
from padstone.crypto.column import Encrypted
from padstone.crypto.errors import EncryptionError
from padstone.crypto.holdings import encrypted_columns, holdings
from padstone.crypto.ring import KeyRing
from padstone.crypto.unopened import Unopened
from padstone.crypto.walk import Key, Lock, Window, key_columns, last_key, next_window, sealed_in
from padstone.db import Database
from padstone.migrations.triggers import REWRITING

__all__ = ["Progress", "Rotated", "rotate"]

WINDOW = 500

Progress = Callable[[int, int], None]
"""Is told how many secrets are done, and of how many."""


@dataclass(slots=True)
class Rotated:
    """What a rotation did, and how things stand after it.

    ``rewritten`` counts the secrets that it sealed again; ``unopened`` are those of another key
    that no key opens. ``held`` has the number of secrets by the id of their key.
    """

    first: str
    rewritten: int = 0
    unopened: Unopened = field(default_factory=Unopened)
    held: dict[str, int] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Whether the first key holds everything."""
        return set(self.held) <= {self.first}


async def rotate(
    database: Database,
    metadata: MetaData,
    keyring: KeyRing,
    *,
    on_progress: Progress | None = None,
    window: int = WINDOW,
) -> Rotated:
    """Seals every secret of ``metadata`` with the first key. Any number may run at once.

    Rows keep ``updated_at`` and ``revision``, see ``padstone.migrations.triggers``. A row that
    stays locked ends it with PostgreSQL's error; what was done until then stays done.
    """
    columns = encrypted_columns(metadata)
    work = _Rotation(database, keyring, window, on_progress or _nobody)
    await work.count(columns)
    rounds: tuple[Lock, Lock] = ("skip", "wait")
    for lock in rounds:
        if not work.is_needed:
            break
        work.begin_round()
        for column in columns:
            await work.walk(column, lock=lock)
        await work.count(columns)
    return work.result


class _Rotation:
    def __init__(
        self, database: Database, keyring: KeyRing, window: int, on_progress: Progress
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._window = window
        self._on_progress = on_progress
        self._total = 0
        self.result = Rotated(keyring.first)

    @property
    def is_needed(self) -> bool:
        """Whether another key holds more than what cannot be opened."""
        return self._left > self.result.unopened.count

    @property
    def _left(self) -> int:
        held = self.result.held
        return sum(held.values()) - held.get(self.result.first, 0)

    def begin_round(self) -> None:
        self.result.unopened = Unopened()
        self._total = self.result.rewritten + self._left
        self._tell()

    async def count(self, columns: list[Column[Any]]) -> None:
        async with self._database.session() as session:
            # The one statement that looks at all rows, and that nobody waits for.
            await session.execute(text("SET LOCAL statement_timeout = 0"))
            self.result.held = await holdings(session, columns)

    async def walk(self, column: Column[Any], *, lock: Lock) -> None:
        after: Key | None = None
        async with self._database.session() as session:
            end = await last_key(session, column)
        while end is not None:
            async with self._database.session() as session:
                await session.execute(text(REWRITING))
                window = await next_window(session, column, after, end, self._window)
                if window is None:
                    return
                await self._rewrite(session, column, window, lock=lock)
            self._tell()
            after = window.last

    async def _rewrite(
        self, session: AsyncSession, column: Column[Any], window: Window, *, lock: Lock
    ) -> None:
        start = head(self._keyring.first)
        is_old = func.substring(type_coerce(column, LargeBinary), 1, len(start)) != start
        written = []
        for sealed in await sealed_in(session, column, window, is_old, lock=lock):
            try:
                opened = self._keyring.decrypt(sealed.place, sealed.ciphertext)
            except EncryptionError as error:
                self.result.unopened.add(sealed.place, error)
            else:
                again = self._keyring.encrypt(sealed.place, opened)
                written.append({"sealed_again": again, **_named(sealed.key)})
        if written:
            await session.execute(_update(column), written)
            self.result.rewritten += len(written)

    def _tell(self) -> None:
        self._on_progress(self.result.rewritten + self.result.unopened.count, self._total)


def _update(column: Column[Any]) -> Any:
    keys = key_columns(column)
    matches = [
        key == bindparam(name, type_=key.type)
        for key, name in zip(keys, _named(tuple(keys)), strict=True)
    ]
    value = bindparam("sealed_again", type_=Encrypted())
    return update(column.table).where(*matches).values({column: value})


def _named(key: Key) -> dict[str, Any]:
    return {f"key_{number}": part for number, part in enumerate(key)}


def _nobody(_done: int, _total: int) -> None:
    """Progress that nobody looks at."""
