"""The mailer as a FastAPI dependency."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.mail.mailer import Mailer
from padstone.state import opened

__all__ = ["MailerDep", "mailer_of"]


def mailer_of(connection: HTTPConnection) -> Mailer:
    """The application's mailer. ``UnavailableError`` where the application has not started."""
    return opened(connection, "mailer", Mailer)


async def _mailer(connection: HTTPConnection) -> Mailer:
    return mailer_of(connection)


MailerDep = Annotated[Mailer, Depends(_mailer)]
"""The application's mailer."""
