import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from paging import walk_to_the_middle
from workloads import WORKLOADS, Caller

BY_LETTER = {one.letter: one for one in WORKLOADS}


class Pages(BaseHTTPRequestHandler):
    """A list whose cursors count its pages."""

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        assert asked["limit"] == ["100"]
        page = int(asked.get("cursor", ["0"])[0]) + 1
        body = json.dumps({"items": [], "next_cursor": str(page)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def server() -> Iterator[Any]:
    with HTTPServer(("127.0.0.1", 0), Pages) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        site = SimpleNamespace(callers={"visitor": [Caller("", {"row": "1"})]})
        try:
            yield SimpleNamespace(name="padstone", port=listening.server_port, site=site)
        finally:
            listening.shutdown()
            thread.join()


def test_the_cursor_of_the_middle_is_walked_to() -> None:
    with server() as walked:
        walk_to_the_middle(walked, BY_LETTER["P"])
    [caller] = walked.site.callers["visitor"]
    assert caller.values == {"row": "1", "cursor": "50"}  # of 10,000 rows, 100 a page


def test_who_needs_no_cursor_is_asked_for_none() -> None:
    nobody = SimpleNamespace(name="padstone", port=0, site=None)
    walk_to_the_middle(nobody, BY_LETTER["B"])
