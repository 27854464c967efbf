"""The application's cursor signer as a FastAPI dependency."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.errors import UnavailableError
from padstone.pages.cursors import CursorSigner

__all__ = ["CursorSignerDep"]


async def _signer(connection: HTTPConnection) -> CursorSigner:
    signer = getattr(connection.state, "cursor_signer", None)
    if not isinstance(signer, CursorSigner):
        raise UnavailableError("The application has not started yet.")
    return signer


CursorSignerDep = Annotated[CursorSigner, Depends(_signer)]
"""Signs cursors with a key that is derived from SECRET_KEY."""
