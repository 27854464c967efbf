"""The application's cursor signer as a FastAPI dependency."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.pages.cursors import CursorSigner
from padstone.state import opened

__all__ = ["CursorSignerDep"]


async def _signer(connection: HTTPConnection) -> CursorSigner:
    return opened(connection, "cursor_signer", CursorSigner)


CursorSignerDep = Annotated[CursorSigner, Depends(_signer)]
"""Signs cursors with a key that is derived from SECRET_KEY."""
