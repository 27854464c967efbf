"""Password hashes: argon2id, in threads of their own, so that nobody else waits for them."""

import base64
import secrets
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import structlog
from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from padstone.auth.users.password_rules import prepared
from padstone.errors import UnavailableError
from padstone.settings import UserSettings

__all__ = ["Passwords", "Verdict"]

T = TypeVar("T")

MOST_WAITING = 100
"""Who comes when so many wait already is told to come again: a queue would only grow."""

_SALT_BYTES, _HASH_BYTES = 16, 32


class Verdict(NamedTuple):
    """Whether a password is right, and the hash to store instead where its cost has moved."""

    is_right: bool
    better_hash: str | None = None


class Passwords:
    """Hashes and verifies, PASSWORD_HASH_THREADS at a time.

    Both raise ``UnavailableError`` where too many wait already.
    """

    def __init__(self, settings: UserSettings) -> None:
        self._hasher = Argon2Hasher(
            time_cost=settings.PASSWORD_HASH_PASSES,
            memory_cost=settings.PASSWORD_HASH_MEMORY_KIB,
            parallelism=settings.PASSWORD_HASH_LANES,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
        )
        self._hashes = PasswordHash([self._hasher])
        self._limiter = CapacityLimiter(settings.PASSWORD_HASH_THREADS)
        self._decoy = _decoy(settings)

    async def hash(self, password: str) -> str:
        """A new hash of ``password``, with its salt and its parameters."""
        return await self._in_thread(lambda: self._hashes.hash(prepared(password)))

    async def verify(self, password: str, stored: str | None) -> Verdict:
        """Whether ``password`` is the one whose hash is ``stored``.

        Without a hash the answer is no, and takes as long.
        """
        if stored is not None and not self._hasher.identify(stored):
            structlog.get_logger("padstone.auth").error("a password hash is not argon2's")
            stored = None
        shown = self._decoy if stored is None else stored
        is_right, better = await self._in_thread(
            lambda: self._hashes.verify_and_update(prepared(password), shown)
        )
        return Verdict(is_right, better)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise UnavailableError("Too many people are signing in just now. Try again shortly.")
        return await to_thread.run_sync(work, limiter=self._limiter)


def _decoy(settings: UserSettings) -> str:
    """The form of a hash of today's cost, of which nobody knows a password."""
    cost = (
        f"m={settings.PASSWORD_HASH_MEMORY_KIB},t={settings.PASSWORD_HASH_PASSES},"
        f"p={settings.PASSWORD_HASH_LANES}"
    )
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (_SALT_BYTES, _HASH_BYTES)
    )
    return f"$argon2id$v=19${cost}${salt}${digest}"
