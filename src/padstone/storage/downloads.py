"""Reading an object, a piece at a time."""

import threading
from collections.abc import AsyncIterator
from typing import Any

from padstone.storage.calls import Slot
from padstone.storage.clients import Clients
from padstone.storage.failures import attempt
from padstone.storage.objects import ObjectInfo

__all__ = ["Download"]

CHUNK_BYTES = 256 * 1024


class Download:
    """An object that is being read. Iterate it for its bytes; ``info`` says what it is."""

    info: ObjectInfo

    def __init__(self, slot: Slot, clients: Clients, place: dict[str, str]) -> None:
        self._slot = slot
        self._clients = clients
        self._place = place
        self._body: Any = None
        self._closed = False
        # A caller that is cancelled leaves a thread behind; ``close`` waits for its turn to end.
        self._turn = threading.Lock()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await self._slot.run(self._read):
            yield chunk

    def open(self) -> None:
        """Asks for the object and reads its head. Runs in a thread, as the others do."""
        with self._turn:
            answer = attempt(self._clients.quick.get_object, **self._place)
            self._body = answer["Body"]
            if self._closed:
                self._body.close()
            self.info = info_of(self._place["Key"], answer)

    def close(self) -> None:
        """Gives the connection back, or closes it where something is left unread."""
        with self._turn:
            self._closed = True
            if self._body is not None:
                self._body.close()

    def _read(self) -> bytes:
        with self._turn:
            if self._closed:
                raise RuntimeError("The download is read after the block that opened it.")
            content: bytes = self._body.read(CHUNK_BYTES)
            return content


def info_of(key: str, answer: Any) -> ObjectInfo:
    """What the answer to HEAD or GET says of the object."""
    return ObjectInfo(
        key=key,
        size=answer["ContentLength"],
        content_type=answer.get("ContentType"),
        etag=answer["ETag"].strip('"'),
        modified=answer["LastModified"],
    )
