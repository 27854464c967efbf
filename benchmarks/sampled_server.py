"""``padstone serve`` in the current folder, with a look at its stack for each millisecond computed.

It begins to look at SIGUSR1, and on its end writes what it saw into the file that is its first
argument: how many looks found which layer at work, and which function. A look costs some
20 microseconds, so the server is hardly slower than it is. Code in C has no frames: its time is its
caller's, and that of asyncpg's protocol, of the parser and of sockets is the event loop's.
"""

import atexit
import json
import runpy
import signal
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from types import FrameType

_EVERY = 0.001  # seconds of computing
_LOOP = "event loop, sockets, protocols in C"
_RUNNING = {"asyncio_run", "run"}  # uvicorn's functions around the loop
_ROOMS = {
    "auth": "guard",
    "db": "session",
    "express": "express lane",
    "log": "log",
    "middleware": "middleware",
    "pages": "resource",
    "resource": "resource",
    "schemas": "schemas",
}
_PACKAGES = {
    "asyncpg": "driver",
    "fastapi": "FastAPI and Starlette",
    "pydantic": "schemas",
    "pydantic_core": "schemas",
    "sqlalchemy": "SQLAlchemy",
    "starlette": "FastAPI and Starlette",
    "structlog": "log",
    "uvicorn": "server",
    "uvloop": _LOOP,
}

layers: Counter[str] = Counter()
functions: Counter[str] = Counter()


@cache
def layer_of(filename: str) -> str | None:
    """Whose code it is; ``None`` for Python's own, whose time is its caller's."""
    parts = Path(filename).parts
    if "site-packages" in parts:
        package = parts[parts.index("site-packages") + 1].removesuffix(".py")
        return _PACKAGES.get(package, "other libraries")
    if "padstone" in parts and "src" in parts:
        room = parts[parts.index("padstone", parts.index("src")) + 1].removesuffix(".py")
        return _ROOMS.get(room, "other rooms of Padstone")
    return "the system" if "systems" in parts else None


def look(_number: int, frame: FrameType | None) -> None:
    """Counts the innermost frame that is somebody's."""
    while frame is not None:
        code = frame.f_code
        layer = layer_of(code.co_filename)
        if layer is not None and code.co_filename != __file__:
            is_loop = layer == "server" and code.co_name in _RUNNING
            layers[_LOOP if is_loop else layer] += 1
            functions[f"{layer}: {code.co_qualname} ({Path(code.co_filename).name})"] += 1
            return
        frame = frame.f_back
    layers[_LOOP] += 1


def begin(*_: object) -> None:
    """From now on."""
    layers.clear()
    functions.clear()
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)


def end(file: Path) -> None:
    """Writes what was seen."""
    signal.setitimer(signal.ITIMER_PROF, 0)
    seen = {"layers": layers.most_common(), "functions": functions.most_common(40)}
    file.write_text(json.dumps(seen))


if __name__ == "__main__":
    atexit.register(end, Path(sys.argv.pop(1)))
    signal.signal(signal.SIGPROF, look)
    signal.signal(signal.SIGUSR1, begin)
    runpy.run_module("padstone", run_name="__main__", alter_sys=True)
