"""Requests to the server, and everything that can become of one."""

import time
from typing import TYPE_CHECKING, Any, NoReturn, Self

from accounts_cli import __version__
from accounts_cli.address import is_local
from accounts_cli.answer import Answer
from accounts_cli.connection import Connection
from accounts_cli.errors import CliError, UnexpectedAnswerError, UnreachableError
from accounts_cli.refusals import is_json, refusal, retry_after
from accounts_cli.waiting import waiting

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

    import httpx2

__all__ = ["Client"]

_CONNECT_TIMEOUT = 5.0  # seconds
_LONGEST_PAUSE = 15.0  # seconds: whoever must wait longer is told so instead
_TRY_LATER = {429, 503}
_MAYBE_DONE = " It may have been done all the same: look before you repeat it."


class Client:
    """One server, asked with one key. Use it as a context manager.

    ``timeout`` is in seconds and holds for each answer. Every method raises ``CliError``.
    """

    def __init__(self, connection: Connection, timeout: float) -> None:
        import httpx2

        self.connection = connection
        self._timeout = timeout
        url = connection.url
        self._http = httpx2.Client(
            base_url=f"{url}/api/v1/",
            headers={
                "Authorization": f"Bearer {connection.key}",
                "User-Agent": f"accounts-cli/{__version__}",
                "Accept": "application/json",
            },
            timeout=httpx2.Timeout(timeout, connect=min(timeout, _CONNECT_TIMEOUT)),
            verify=_trusted(url),
            # What stays on this machine must not be handed to a proxy, with the key in clear.
            trust_env=not (is_local(url) and url.startswith("http://")),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        self._http.close()

    def get(self, path: str, **query: str | int) -> Answer:
        """What is at ``path``. It is asked once more where the server says when to."""
        response = self._once("GET", path, params=query)
        pause = retry_after(response)
        if response.status_code in _TRY_LATER and pause is not None and pause <= _LONGEST_PAUSE:
            with waiting(f"{self.connection.url} asks for {pause:.0f} s of patience …"):
                time.sleep(pause)
            response = self._once("GET", path, params=query)
        return self._object(response)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Answer:
        """What came of it. It is never repeated, since it might then happen twice."""
        return self._object(self._once("POST", path, json=body))

    def patch(self, path: str, body: dict[str, Any]) -> Answer:
        """What came of it."""
        return self._object(self._once("PATCH", path, json=body))

    def delete(self, path: str) -> None:
        """Deletes what is at ``path``."""
        response = self._once("DELETE", path)
        if not response.is_success:
            raise refusal(response, self.connection)

    def _once(self, method: str, path: str, **content: Any) -> "httpx2.Response":
        import httpx2

        try:
            with waiting(f"Waiting for {self.connection.url} …"):
                return self._http.request(method, path, **content)
        except httpx2.TimeoutException as error:
            self._timed_out(error, method)
        except httpx2.DecodingError:
            raise self._unexpected("its answer cannot be decoded") from None
        except httpx2.HTTPError as error:
            self._broken(error, method)

    def _timed_out(self, error: Exception, method: str) -> NoReturn:
        import httpx2

        url = self.connection.url
        if isinstance(error, httpx2.ConnectTimeout):
            raise UnreachableError(f"{url} cannot be reached: it does not take the connection.")
        raise UnreachableError(
            f"{url} did not answer within {self._timeout:g} s. ACCOUNTS_TIMEOUT sets another limit."
            f"{_MAYBE_DONE if method != 'GET' else ''}"
        )

    def _broken(self, error: Exception, method: str) -> NoReturn:
        import httpx2

        url, reason = self.connection.url, _reason(error)
        if tls := _tls_reason(error):
            raise UnreachableError(
                f"No trustworthy connection to {url}: {tls}. Where its certificate is from an "
                "authority of your own, name that one's file in SSL_CERT_FILE."
            )
        if isinstance(error, httpx2.ConnectError):
            raise UnreachableError(f"No server answers at {url}: {reason}. Is it running there?")
        if isinstance(error, httpx2.ProxyError):
            raise UnreachableError(f"The proxy on the way to {url} refused: {reason}.")
        raise UnreachableError(
            f"{url} broke off instead of answering: {reason}."
            f"{_MAYBE_DONE if method != 'GET' else ''}"
        )

    def _object(self, response: "httpx2.Response") -> Answer:
        if not response.is_success:
            raise refusal(response, self.connection)
        kind = response.headers.get("content-type", "no content type")
        if not is_json(response):
            raise self._unexpected(f"{response.status_code}, {kind}")
        try:
            members = response.json()
        except ValueError:
            raise self._unexpected("it is not the JSON that it says it is") from None
        if not isinstance(members, dict):
            raise self._unexpected("its JSON is no object")
        return Answer(self.connection.url, members)

    def _unexpected(self, what: str) -> CliError:
        return UnexpectedAnswerError(self.connection.url, what)


def _trusted(url: str) -> "ssl.SSLContext":
    """Whose certificates count. Loading them takes longer than all else, and http:// has none."""
    import ssl

    import httpx2

    if url.startswith("https://"):
        return httpx2.create_ssl_context()
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody


def _reason(error: BaseException) -> str:
    """What the operating system or the library says, as part of a sentence."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror[:1].lower() + cause.strerror[1:]
    return str(error).rstrip(".") or type(error).__name__


def _tls_reason(error: BaseException) -> str | None:
    import ssl

    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        if isinstance(cause, ssl.SSLError):
            return (cause.reason or "TLS failed").replace("_", " ").lower()
    return None


def _causes(error: BaseException | None) -> "list[BaseException]":
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
