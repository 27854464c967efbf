"""The body of a request, read by one lane and kept for the other."""

from starlette.types import Message, Receive, Scope

from padstone.express.leave import Leave

__all__ = ["Body", "header"]


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that name, in small letters."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found
    return None


class Body:
    """What ``receive`` gives, remembered."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._seen: list[Message] = []

    async def read(self, scope: Scope) -> bytes:
        """All of it, where it says that it is JSON, and how long; ``Leave`` for anything else."""
        length = header(scope, b"content-length") or b""
        if not length.isdigit() or int(length) > self._most:
            raise Leave
        media_type = (header(scope, b"content-type") or b"").partition(b";")[0]
        if media_type.strip().lower() != b"application/json":
            raise Leave
        parts = []
        while True:
            message = await self._receive()
            self._seen.append(message)
            if message["type"] == "http.disconnect":
                raise Leave
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                return b"".join(parts)

    async def again(self) -> Message:
        """Like ``receive``, from the beginning."""
        return self._seen.pop(0) if self._seen else await self._receive()
