"""The answer that hands a file out."""

from base64 import b64encode
from typing import Any, ClassVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from padstone.files.columns import FileColumns
from padstone.files.content import HANDED_OUT, handed_out_as
from padstone.storage import Storage
from padstone.storage.presigned import content_disposition

__all__ = ["Attachment"]

_BYTES = {"type": "string", "format": "binary"}
_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


class Attachment(Response):
    """A file as it is, from the storage, a piece at a time.

    Never shown in the browser: it is an attachment, its type is not guessed, and where a browser
    shows it all the same, nothing in it runs. Errors of the storage are the request's own, as long
    as nothing was sent. It holds no database connection, and one of the storage's.
    """

    DOCUMENTED: ClassVar[dict[int | str, dict[str, Any]]] = {
        200: {
            "description": "The file as it was sent, as an attachment.",
            "content": {kind: {"schema": _BYTES} for kind in HANDED_OUT},
        }
    }
    """What a route that answers so says in its ``responses``."""

    def __init__(self, storage: Storage, file: FileColumns) -> None:
        digest = b64encode(file.sha256).decode()
        super().__init__(
            media_type=handed_out_as(file.media_type),
            headers={
                "Content-Disposition": content_disposition("attachment", file.name),
                "Content-Security-Policy": _POLICY,
                "Cross-Origin-Resource-Policy": "same-origin",
                "Cache-Control": "private, no-store",
                "Repr-Digest": f"sha-256=:{digest}:",
                "X-Content-Type-Options": "nosniff",
                "Content-Length": str(file.size_bytes),
            },
        )
        self._storage = storage
        self._key = file.storage_key

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Sends head and body."""
        async with self._storage.get(self._key) as download:
            start = {"status": self.status_code, "headers": self.raw_headers}
            await send({"type": "http.response.start", **start})
            async for piece in download:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
