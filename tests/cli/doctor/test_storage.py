import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
import time_machine

from padstone.cli.doctor.finding import Finding
from padstone.cli.doctor.storage import storage
from padstone.settings import StorageSettings
from padstone.storage import Storage
from padstone.testing.services import TestServices

BUCKET = f"test-doctor-{secrets.token_hex(4)}"


class Deployed(StorageSettings):
    """Settings that say they are of production, without all that production asks for."""

    @property
    def is_deployed(self) -> bool:
        return True

    def problems(self) -> Iterator[Any]:
        return iter(())


def _look(
    test_services: TestServices, kind: type = StorageSettings, **values: Any
) -> list[Finding]:
    known = {"STORAGE_BUCKET": BUCKET, **test_services.storage, **values}
    return storage(kind(ENVIRONMENT="test", **known))


@pytest.fixture
async def bucket(test_services: TestServices) -> AsyncIterator[None]:
    settings = StorageSettings(ENVIRONMENT="test", STORAGE_BUCKET=BUCKET, **test_services.storage)
    opened = Storage(settings)
    await opened.open()
    await opened.check()
    yield
    opened._clients.quick.delete_bucket(Bucket=BUCKET)
    await opened.close()


@contextmanager
def _answering(status: int, body: str) -> Iterator[str]:
    """A server that gives one answer to everybody, and its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.usefixtures("bucket")
def test_a_storage_that_answers(test_services: TestServices) -> None:
    found = _look(test_services)
    assert [f.verdict for f in found] == ["ok", "ok"]
    assert BUCKET in found[0].what


@pytest.mark.embedded_s3
@pytest.mark.usefixtures("bucket")
def test_a_wrong_secret(test_services: TestServices) -> None:
    found = _look(test_services, STORAGE_SECRET_KEY="canary-canary")
    assert found[0].verdict == "error"
    assert "refuses the keys" in found[0].what
    assert "STORAGE_SECRET_KEY" in found[0].mend
    assert "canary" not in found[0].what


def test_a_missing_bucket(test_services: TestServices) -> None:
    found = _look(test_services, STORAGE_BUCKET="no-such-bucket")
    assert found[0].verdict == "note"
    deployed = _look(test_services, Deployed, STORAGE_BUCKET="no-such-bucket")
    assert deployed[0].verdict == "error"
    assert "has no bucket 'no-such-bucket'" in deployed[0].what


def test_nothing_listens(test_services: TestServices) -> None:
    found = _look(test_services, STORAGE_ENDPOINT_URL="http://127.0.0.1:1")
    assert [f.verdict for f in found] == ["error"]
    assert "http://127.0.0.1:1 does not answer" in found[0].what


def test_a_key_without_the_right(test_services: TestServices) -> None:
    body = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
    with _answering(403, body) as url:
        found = _look(test_services, STORAGE_ENDPOINT_URL=url)
    assert found[0].verdict == "error"
    assert "s3:ListBucket" in found[0].mend


def test_a_server_that_is_no_storage(test_services: TestServices) -> None:
    with _answering(404, "<html>Nothing here</html>") as url:
        found = _look(test_services, STORAGE_ENDPOINT_URL=url)
    assert found[0].verdict == "error"
    assert "if that is no S3 service" in found[0].mend


@pytest.mark.usefixtures("bucket")
def test_a_clock_that_is_an_hour_off(test_services: TestServices) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        found = _look(test_services)
    clocks = [f for f in found if f.subject == "clock of the storage"]
    assert [f.verdict for f in clocks] == ["error"]
    assert "behind" in clocks[0].what
