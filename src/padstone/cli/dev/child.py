"""The processes of one system: its seeding, once, and its server, restarted when code changes."""

import asyncio
import json
import os
import signal
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from padstone.cli.dev.discover import DevSystem

__all__ = ["Child"]

STOP_SECONDS = 2.5  # Ctrl-C promises three
START_SECONDS = 60.0

Say = Callable[[str, str], None]


class Child:
    """One system's processes. ``say(system, line)`` takes what they write."""

    def __init__(self, system: DevSystem, port: int, say: Say) -> None:
        self.system = system
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.ready_after = 0.0
        self.seeded: dict[str, Any] = {}
        self._say = say
        self._server: asyncio.subprocess.Process | None = None
        self._pump: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self) -> None:
        """Seeds and serves at the same time; returns when both are done, or raises."""
        began = time.monotonic()
        await self._serve()
        # Both bring the database to head first; the migrations' lock lets one do it.
        seeding = asyncio.create_task(self._seed())
        try:
            await self._answer(began + START_SECONDS)
            self.ready_after = time.monotonic() - began
            self.seeded = await seeding
        except BaseException:
            seeding.cancel()
            raise

    async def restart(self) -> None:
        """Stops the server and starts it anew, on the same port."""
        await self._end_server()
        if not self._stopping:
            await self._serve()

    async def stop(self) -> None:
        """Ends the server: politely first, and after a while whether it likes or not."""
        self._stopping = True
        await self._end_server()

    async def _end_server(self) -> None:
        server, self._server = self._server, None
        if server is None or server.returncode is not None:
            return
        server.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(server.wait(), STOP_SECONDS)
        except TimeoutError:
            server.kill()
            await server.wait()

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "SHUTDOWN_GRACE_SECONDS": os.environ.get("SHUTDOWN_GRACE_SECONDS", "1"),
            "PYTHONUNBUFFERED": "1",
        }

    async def _serve(self) -> None:
        self._server = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "padstone", "serve", "--port", str(self.port)),
            "--until-stdin-closes",
            cwd=self.system.folder,
            env=self._environment(),
            stdin=asyncio.subprocess.PIPE,  # closes when this process ends, however it ends
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            process_group=0,  # Ctrl-C reaches this process alone, which then ends the others
        )
        self._pump = asyncio.create_task(self._repeat_lines(self._server))

    async def _repeat_lines(self, server: asyncio.subprocess.Process) -> None:
        assert server.stdout is not None  # noqa: S101  # it was asked for
        while line := await server.stdout.readline():
            self._say(self.system.name, line.decode(errors="replace").rstrip())
        status = await server.wait()
        if server is self._server:  # nobody asked it to end
            self._say(
                self.system.name, f"the server ended with status {status}; waiting for a change"
            )

    async def _answer(self, deadline: float) -> None:
        server = self._server
        assert server is not None  # noqa: S101  # it was just started
        while time.monotonic() < deadline:
            if server.returncode is not None:
                raise ChildProcessError(
                    f"{self.system.name} did not start; its lines above say why."
                )
            if await asyncio.to_thread(self._is_live):
                return
            await asyncio.sleep(0.05)
        raise TimeoutError(f"{self.system.name} did not answer within {START_SECONDS:.0f} s.")

    def _is_live(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/live", timeout=1) as answer:  # noqa: S310
                return bool(answer.status == 200)  # noqa: PLR2004
        except OSError:
            return False

    async def _seed(self) -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "padstone", "seed", "--json"),
            cwd=self.system.folder,
            env=self._environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            process_group=0,
        )
        try:
            output, errors = await process.communicate()
        except asyncio.CancelledError:
            process.kill()
            raise
        if process.returncode:
            text = errors.decode(errors="replace").strip()
            raise ChildProcessError(f"{self.system.name}: seeding failed.\n{text}")
        loaded: dict[str, Any] = json.loads(output)
        return loaded
