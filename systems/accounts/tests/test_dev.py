"""``padstone dev`` with this system: what it prints works, and a killed process loses nothing."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest

from padstone.testing.checkouts import Checkout, made_services, new_checkout
from padstone.testing.processes import WatchedProcess

OBJECTS = "/api/v1/objects"
READY = "Ctrl-C stops everything."


@pytest.fixture
def checkout(system_folder: Path) -> Iterator[Checkout]:
    with made_services() as made, new_checkout(made) as checkout:
        checkout.add("accounts", system_folder)
        checkout.hold_services()
        yield checkout


def start_dev(checkout: Checkout) -> tuple[WatchedProcess, httpx2.Client]:
    """``padstone dev``, and a client with the key that it shows."""
    dev = checkout.dev("--no-reload")
    lines = [line.strip() for line in dev.until(READY).splitlines()]
    url = next(line.split()[-1] for line in lines if line.startswith("health "))
    key = next(line.split()[-1] for line in lines if line.startswith("demo API key:"))
    base = url.removesuffix("/health")
    client = httpx2.Client(base_url=base, headers={"Authorization": f"Bearer {key}"}, timeout=60)
    return dev, client


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
    return answer


class Customer(threading.Thread):
    """Stores one artifact after the other, and remembers what was acknowledged."""

    def __init__(self, client: httpx2.Client) -> None:
        super().__init__(daemon=True)
        self.announced: set[str] = set()
        self.stored: dict[str, bytes] = {}
        self.surprises: list[str] = []
        self.refusals = 0
        self._client = client
        self._leaves = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaves.set()
        self.join()

    def run(self) -> None:
        number = 0
        while not self._leaves.wait(0.01):
            number += 1
            try:
                self._store(f"artifact {number}".encode())
            except httpx2.TransportError:
                self.refusals += 1  # the connection broke: nothing was acknowledged

    def _store(self, content: bytes) -> None:
        body = {"name": "a.txt", "content_type": "text/plain", "size_bytes": len(content)}
        announced = self._post(OBJECTS, json=body)
        if announced is None:
            return
        self.announced.add(announced["id"])
        link = announced["upload"]
        sent = httpx2.put(link["url"], content=content, headers=link["headers"])
        if sent.status_code == 200 and self._post(f"{OBJECTS}/{announced['id']}/complete"):
            self.stored[announced["id"]] = content

    def _post(self, path: str, **options: Any) -> Any:
        answer = self._client.post(path, **options)
        if answer.is_success:
            return answer.json()
        self.refusals += 1
        if answer.status_code != 503 or "Retry-After" not in answer.headers:
            self.surprises.append(f"{path}: {answer.status_code} {answer.text}")
        return None

    def goes_on(self) -> None:
        """Waits until three more artifacts are stored."""
        before = len(self.stored)
        until(lambda: len(self.stored) >= before + 3)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_a3_the_printed_line_works(checkout: Checkout) -> None:
    dev, client = start_dev(checkout)
    client.close()
    line = next(line.strip() for line in dev.output.splitlines() if "curl" in line)
    said = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    assert '"email":"demo@example.com"' in said.stdout
    checkout.release_services()
    dev.interrupt()
    assert dev.ended(within=10) == 0
    checkout.nothing_is_left()


def test_c12_a_killed_process_loses_nothing(checkout: Checkout) -> None:
    dev, client = start_dev(checkout)
    with client, Customer(client) as customer:
        customer.goes_on()
        for name in ("postgres", "s3"):
            killed = checkout.services()[name]
            kill(killed)
            until(lambda: checkout.services()[name] not in {None, killed})  # noqa: B023
            customer.goes_on()
        (server,) = checkout.servers()
        kill(server)
        dev.until("the server ended by SIGKILL", "serving again after")
        customer.goes_on()
    assert customer.surprises == []
    assert customer.refusals > 0, "nobody noticed, so nothing was proved"

    # Then everything at once, and the next start.
    for pid in (dev.pid, *checkout.servers(), *checkout.services().values()):
        kill(pid)
    dev.ended()
    _, client = start_dev(checkout)
    with client:
        assert customer.announced <= set(_listed(client))
        for found, content in customer.stored.items():
            link = client.get(f"{OBJECTS}/{found}/download").json()["url"]
            assert httpx2.get(link).content == content


def _listed(client: httpx2.Client) -> Iterator[str]:
    cursor: str | None = None
    while True:
        params = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
        page = client.get(OBJECTS, params=params).json()
        yield from (item["id"] for item in page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            return
