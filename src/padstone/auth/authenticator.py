"""From the text of a key to the principal it stands for."""

import math
import time
from uuid import UUID

from padstone.auth.api_keys import CHANNEL, ApiKeys
from padstone.auth.credential_cache import Known
from padstone.auth.key_format import hash_of, parse
from padstone.auth.known_credentials import KnownCredentials
from padstone.auth.remembering import RememberingAuthenticator
from padstone.db import Listener, ReadSession
from padstone.errors import AuthError
from padstone.principal import Principal

__all__ = ["ApiKeyAuthenticator"]

_HEX_HASH_LENGTH = 64


class ApiKeyAuthenticator(RememberingAuthenticator):
    """Authenticates API keys, from memory where it can.

    A change of a key or its owner, in whatever process, is heard within milliseconds; with the
    listening connection down it is noticed after ``cache_seconds_unheard``, with PostgreSQL frozen
    after 3 seconds. ``create_app`` opens it, as ``request.state.api_keys``.
    """

    def __init__(self, keys: ApiKeys, listener: Listener) -> None:
        self.keys = keys
        self._known = KnownCredentials(self._read, keys, used=keys.model)
        self._cache = self._known.cache
        super().__init__(listener, {CHANNEL: self._heard}, self._known)

    async def authenticate(self, secret: str) -> Principal:
        """The principal of the key ``secret``.

        Raises ``AuthError``, in one sentence whatever the cause: malformed, unknown, revoked or
        expired key, suspended or deleted owner. Raises ``UnavailableError`` where the database has
        to be asked and does not answer.
        """
        key_hash = hash_of(secret)
        key = self._known.recall(key_hash)
        if key is None:
            if parse(secret) is None:
                raise AuthError
            key = await self._known.find(key_hash)
        if key is None or key.expires_at <= time.time():
            raise AuthError
        self._known.note(key.principal.credential)
        return key.principal

    def forget(self, key_hash: bytes) -> None:
        """For after the commit of a change to the key: this process need not wait for the news."""
        self._cache.forget(key_hash)

    def forget_owner(self, owner_id: UUID) -> None:
        """The same for a change to the owner."""
        self._cache.forget_owner(owner_id)

    async def _read(self, session: ReadSession, key_hash: bytes) -> Known | None:
        found = await session.execute(self.keys.lookup, {"key_hash": key_hash})
        row = found.one_or_none()
        if row is None:
            return None
        principal = Principal(
            subject=row.owner_id,
            credential=row.id,
            method="api_key",
            scopes=self.keys.allowed(row.scopes, row.role),
        )
        return Known(principal, row.expires_at.timestamp() if row.expires_at else math.inf)

    def _heard(self, payload: str) -> None:
        """A payload is the hash of a key in hexadecimal, or the id of an owner."""
        with self._known.understanding():
            if len(payload) == _HEX_HASH_LENGTH:
                self._cache.forget(bytes.fromhex(payload))
            else:
                self._cache.forget_owner(UUID(payload))
