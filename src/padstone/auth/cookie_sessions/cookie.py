"""The cookie itself: its name, its attributes, and reading it."""

from datetime import timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

from padstone.settings import Settings

__all__ = ["SessionCookie", "cookie_name"]


def cookie_name(settings: Settings) -> str:
    """What the cookie of this system is called."""
    # Cookies do not tell ports apart, so that systems side by side need names of their own.
    name = f"{settings.SYSTEM}_session"
    return f"__Host-{name}" if settings.is_deployed else name


class SessionCookie:
    """The cookie of one system, which no script can read and which goes to this host alone.

    Where strangers reach the system it goes over TLS only, and its name begins with ``__Host-``:
    browsers take such a cookie from nobody but this host, and neighbours cannot plant one.
    """

    def __init__(self, settings: Settings) -> None:
        self.name = cookie_name(settings)
        self._is_secure = settings.is_deployed

    def read(self, connection: HTTPConnection) -> str | None:
        """What the browser shows."""
        return connection.cookies.get(self.name)

    def set(self, response: Response, text: str, *, lifetime: timedelta) -> None:
        """Gives the browser a cookie, for as long as the session may live at most."""
        seconds = int(lifetime.total_seconds())
        response.set_cookie(
            self.name,
            text,
            max_age=seconds,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )

    def clear(self, response: Response) -> None:
        """Takes the browser's cookie away."""
        response.delete_cookie(
            self.name, path="/", secure=self._is_secure, httponly=True, samesite="lax"
        )
