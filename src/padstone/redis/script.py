"""A Lua script, which Redis runs as one step that nothing comes between."""

import hashlib
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

__all__ = ["Script"]

Argument = str | bytes | int | float


class Script:
    """Sent by its digest; whole where the server does not have it, as after a restart."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    async def __call__(
        self, redis: Redis, keys: Sequence[str], arguments: Sequence[Argument]
    ) -> Any:
        """Runs it on ``keys``. It must touch no others, or a cluster could not place it."""
        values = (*keys, *arguments)
        try:
            return await redis.evalsha(self._digest, len(keys), *values)
        except NoScriptError:
            # It was not run, so this is no repetition.
            return await redis.eval(self.text, len(keys), *values)
