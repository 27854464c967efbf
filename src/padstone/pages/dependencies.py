"""The signer of cursors as a FastAPI dependency."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.errors import UnavailableError
from padstone.pages.cursors import CursorSigner
from padstone.settings import Settings

__all__ = ["CursorSignerDep"]


async def _signer(connection: HTTPConnection) -> CursorSigner:
    settings = getattr(connection.state, "settings", None)
    if not isinstance(settings, Settings):
        raise UnavailableError("The application has not started yet.")
    return CursorSigner(settings.SECRET_KEY)


CursorSignerDep = Annotated[CursorSigner, Depends(_signer)]
"""Signs with the application's SECRET_KEY."""
