"""Debian's chromium, headless, by the DevTools protocol over a pipe: what the check needs of it."""

import json
import os
import shutil
import subprocess
from types import TracebackType
from typing import Any, Self

LOAD_SECONDS = 20
OPTIONS = (
    "--headless=new",
    "--remote-debugging-pipe",  # file descriptors 3 and 4: no port, and no library for WebSockets
    "--no-sandbox",  # the pages are our own, and containers have no namespaces to give
    "--disable-gpu",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--no-first-run",
)


class BrowserError(Exception):
    """The browser is missing, or refused a command."""


class Browser:
    """One browser with one page."""

    def __init__(self, folder: str) -> None:
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        if not found:
            raise BrowserError("chromium is not installed: apt-get install chromium")
        to_browser, self._commands = os.pipe()
        self._answers, from_browser = os.pipe()
        # The shell gives the pipes the numbers that the browser expects.
        pipes = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
        self._process = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", pipes, "sh", found, *OPTIONS, f"--user-data-dir={folder}"],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._buffer, self._count, self._session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Sends a command and gives its result; events that come meanwhile are kept."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def open(self, url: str) -> list[dict[str, Any]]:
        """Loads a page, and gives what happened until then."""
        self.events.clear()
        self.send("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self._next()
        self.evaluate("new Promise(done => setTimeout(done, 100))")  # what scripts do after that
        return list(self.events)

    def evaluate(self, script: str) -> Any:
        """The value of a script, awaited."""
        answer = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise BrowserError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def look(self, width: int, height: int, scheme: str) -> None:
        """Makes the page as wide as a phone or a desk, and light or dark."""
        phone = width < 600  # noqa: PLR2004
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=phone,
        )
        wanted = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wanted.items()]
        self.send("Emulation.setEmulatedMedia", features=features)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            read = os.read(self._answers, 1 << 20)
            if not read:
                raise BrowserError("the browser has ended")
            self._buffer += read
        text, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        if "method" in message:
            self.events.append(message)
        return message

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=LOAD_SECONDS)
        os.close(self._commands)
        os.close(self._answers)
