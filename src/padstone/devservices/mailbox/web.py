"""The page over HTTP: standard library only, since the process has to start in a moment."""

import hmac
import re
import socketserver
import sys
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from padstone.devservices.mailbox.letters import Letters
from padstone.devservices.mailbox.routes import NOT_FOUND, ROUTES, Answer, Question
from padstone.devservices.mailbox.store import Store

__all__ = ["page_server"]

# For every answer: nothing is kept, guessed, sent along to where a link leads, or asked ahead.
_ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
}
_LONGEST_BODY = 1 << 16


def page_server(address: tuple[str, int], store: Store, key: str) -> ThreadingHTTPServer:
    """A server that answers below ``/KEY/`` once its ``serve_forever`` is called."""
    return _Server(address, partial(_Handler, Letters(store), key))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        # Its own asks the name service for this machine's name, which nobody wants to know.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A browser that has left is no failure.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def __init__(self, letters: Letters, key: str, *arguments: Any) -> None:
        self._letters = letters
        self._key = key
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_GET  # noqa: N815  # the names are those of the standard library
    do_DELETE = do_GET  # noqa: N815  # likewise

    def version_string(self) -> str:
        """What it calls itself, without the versions of its parts."""
        return "Padstone"

    def log_message(self, *_: Any) -> None:
        """Says nothing: the paths hold the key."""

    def _answer(self) -> None:
        # What a form sends is not needed, and must be gone before the next question.
        length = self.headers.get("Content-Length", "0")
        self.rfile.read(min(int(length), _LONGEST_BODY) if length.isdecimal() else 0)
        url = urlsplit(self.path)
        key, _, path = url.path.removeprefix("/").partition("/")
        answer = NOT_FOUND
        if hmac.compare_digest(key.encode(), self._key.encode()):
            answer = self._find(path, dict(parse_qsl(url.query)))
        self._send(answer)

    def _find(self, path: str, query: dict[str, str]) -> Answer:
        for method, pattern, route in ROUTES:
            match = re.fullmatch(pattern, path)
            if match is not None and method == self.command:
                return route(Question(self._letters, f"/{self._key}/", query, match.groups()))
        return NOT_FOUND

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        headers = {**_ALWAYS, **answer.headers, "Content-Type": answer.media_type}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
