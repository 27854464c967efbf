"""From the text of a key to the principal it stands for."""

import math
import time
from uuid import UUID

from padstone.auth.api_keys import ApiKeys
from padstone.auth.key_cache import KeyCache, KnownKey
from padstone.auth.key_format import parse
from padstone.auth.key_listener import KeyListener
from padstone.auth.key_usage import KeyUsage
from padstone.db import Database, translate
from padstone.errors import AuthError, UnavailableError
from padstone.principal import Principal
from padstone.settings import DatabaseSettings, Settings

__all__ = ["ApiKeyAuthenticator"]

_HEX_HASH_LENGTH = 64


class ApiKeyAuthenticator:
    """Authenticates API keys, from memory where it can.

    A change of a key or its owner, in whatever process, is heard within milliseconds; with the
    listening connection down it is noticed after ``cache_seconds_unheard``, with PostgreSQL frozen
    after 3 seconds. ``create_app`` opens it, as ``request.state.api_keys``.
    """

    def __init__(self, keys: ApiKeys, settings: Settings) -> None:
        if not isinstance(settings, DatabaseSettings):
            raise TypeError(
                f"API keys are kept in PostgreSQL: let {type(settings).__name__} inherit "
                "DatabaseSettings."
            )
        self.keys = keys
        self._cache = KeyCache(self._load, seconds=keys.cache_seconds_unheard, size=keys.cache_size)
        self._listener = KeyListener(settings, heard=self._heard, hears=self._hears)

    @property
    def is_listening(self) -> bool:
        """Whether changes are heard at once."""
        return self._listener.is_listening

    async def open(self, database: Database) -> None:
        """Starts listening; it waits for nothing."""
        self._database = database
        self.usage = KeyUsage(self.keys, database)
        self._listener.start()
        self.usage.start()

    async def close(self) -> None:
        """Writes what is left to write, and gives the connection back."""
        await self._listener.stop()
        await self.usage.stop()
        await self._cache.close()

    async def authenticate(self, secret: str) -> Principal:
        """The principal of the key ``secret``.

        Raises ``AuthError``, in one sentence whatever the cause: malformed, unknown, revoked or
        expired key, suspended or deleted owner. Raises ``UnavailableError`` where the database has
        to be asked and does not answer.
        """
        shown = parse(secret)
        if shown is None:
            raise AuthError
        key = await self._find(shown.hash)
        if key is None or key.expires_at <= time.time():
            raise AuthError
        self.usage.note(key.principal.credential)
        return key.principal

    def forget(self, key_hash: bytes) -> None:
        """For after the commit of a change to the key: this process need not wait for the news."""
        self._cache.forget(key_hash)

    def forget_owner(self, owner_id: UUID) -> None:
        """The same for a change to the owner."""
        self._cache.forget_owner(owner_id)

    async def _find(self, key_hash: bytes) -> KnownKey | None:
        if self._database.pinned_connection is not None:
            # Nothing tells of changes inside a test's transaction, so nothing is remembered.
            return await self._load(key_hash)
        return await self._cache.get(key_hash)

    async def _load(self, key_hash: bytes) -> KnownKey | None:
        try:
            async with self._database.read_session() as session:
                found = await session.execute(self.keys.lookup, {"key_hash": key_hash})
                row = found.one_or_none()
        except Exception as error:
            meaning = translate(error)
            if isinstance(meaning, UnavailableError):
                raise meaning from error
            raise
        if row is None:
            return None
        principal = Principal(
            subject=row.owner_id,
            credential=row.id,
            method="api_key",
            scopes=frozenset(row.scopes) & self.keys.scopes,
        )
        return KnownKey(principal, row.expires_at.timestamp() if row.expires_at else math.inf)

    def _hears(self, listening: bool) -> None:  # noqa: FBT001  # the listener's callback
        keys = self.keys
        self._cache.seconds = keys.cache_seconds if listening else keys.cache_seconds_unheard
        self._cache.clear()

    def _heard(self, payload: str) -> None:
        """A payload is the hash of a key in hexadecimal, or the id of an owner."""
        try:
            if len(payload) == _HEX_HASH_LENGTH:
                self._cache.forget(bytes.fromhex(payload))
            else:
                self._cache.forget_owner(UUID(payload))
        except ValueError:  # a payload that is not ours to understand: better forget too much
            self._cache.clear()
