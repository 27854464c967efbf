"""What an hour does to a server: its memory, and whether every request left its line.

``python benchmarks/endurance.py --minutes 60`` serves the shop as it is and asks for its products
at a steady rate, with some clients that leave in the middle. On the end it stops the server as an
operator would, and counts.
"""

import json
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from ground import ground
from rich.console import Console
from rich.table import Table
from servers import OURS, Server

_REQUEST = b"GET /api/v1/products/%b HTTP/1.1\r\nHost: endurance\r\n\r\n"
_LEAVING = 50  # every so many requests, one client leaves without its answer


class Look(NamedTuple):
    """The server after so many minutes; memory in MiB."""

    minute: int
    requests: int
    memory: float


class Client:
    """One connection after the other, asked one question at a time."""

    def __init__(self, port: int, products: list[bytes]) -> None:
        self._port = port
        self._products = products
        self._socket: socket.socket | None = None
        self.asked = 0

    def ask(self) -> None:
        """Asks for a product; now and then it does not wait for the answer."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=10)
        product = self._products[self.asked % len(self._products)]
        self._socket.sendall(_REQUEST % product)
        self.asked += 1
        if self.asked % _LEAVING:
            self._read(self._socket)
        else:
            self.close()

    def _read(self, connection: socket.socket) -> None:
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(65536) or _gone()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        assert head.startswith(b"HTTP/1.1 200"), head
        while len(body) < length:
            body += connection.recv(65536) or _gone()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def main(
    minutes: Annotated[int, typer.Option(min=1, help="For how long.")] = 60,
    rate: Annotated[int, typer.Option(min=1, max=500, help="Requests a second.")] = 50,
) -> None:
    """Keep a server busy, and say what that did to it."""
    console = Console(width=None if sys.stdout.isatty() else 100)
    with tempfile.TemporaryDirectory(prefix="padstone-endurance-") as made, ExitStack() as stack:
        folder = Path(made)
        folder.chmod(0o755)
        site = stack.enter_context(ground(folder, ["shop"]))["shop"]
        log = folder / "server.log"
        server = Server(OURS, site, log)
        server.start(None)
        try:
            looks, asked = _keep_asking(server, minutes, rate, console)
        finally:
            server.stop()
        lines = [json.loads(line) for line in log.read_text().splitlines() if line]
    written = sum(line.get("route") == "/api/v1/products/{product_id}" for line in lines)
    table = Table("minute", "requests", "memory, MiB")
    for look in looks:
        table.add_row(str(look.minute), f"{look.requests:,}", f"{look.memory:.1f}")
    console.print(table)
    console.print(f"{asked:,} requests asked, {written:,} access lines written.")
    raise typer.Exit(asked != written)


def _keep_asking(
    server: Server, minutes: int, rate: int, console: Console
) -> tuple[list[Look], int]:
    client = Client(server.port, _products(server.port))
    looks = [Look(0, 0, _memory(server.pid))]
    began = time.monotonic()
    for minute in range(1, minutes + 1):
        while time.monotonic() < began + minute * 60:
            client.ask()
            time.sleep(max(0.0, began + client.asked / rate - time.monotonic()))
        looks.append(Look(minute, client.asked, _memory(server.pid)))
        if minute % 10 == 0:
            console.print(f"minute {minute}: {looks[-1].memory:.1f} MiB", style="dim")
    client.close()
    return looks[:2] + [look for look in looks[2:] if look.minute % 10 == 0], client.asked


def _products(port: int) -> list[bytes]:
    import urllib.request

    address = f"http://127.0.0.1:{port}/api/v1/products?limit=100"
    with urllib.request.urlopen(address, timeout=10) as answer:  # it is our own
        return [item["id"].encode() for item in json.load(answer)["items"]]


def _memory(pid: int) -> float:
    """What it holds for itself, and nobody shares."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no such line")


def _gone() -> bytes:
    raise ConnectionError("the server has closed the connection")


if __name__ == "__main__":
    typer.run(main)
