"""A model that answers at once, in OpenAI's form, for measuring what stands before it.

Every answer is streamed in ``CHUNKS`` chunks, each of which is sent by itself.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

__all__ = ["CHUNKS", "app", "serving_model"]

CHUNKS = 500
_PATIENCE = 30.0
_HEADERS = [(b"content-type", b"text/event-stream")]


def _frame(**fields: Any) -> bytes:
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "echo"}
    return b"data: " + json.dumps(chunk | fields).encode() + b"\n\n"


def _said(delta: dict[str, str], finish_reason: str | None = None) -> bytes:
    return _frame(choices=[{"index": 0, "delta": delta, "finish_reason": finish_reason}])


_USAGE = {"prompt_tokens": 10, "completion_tokens": CHUNKS, "total_tokens": CHUNKS + 10}
_WORDS = [_said({"role": "assistant", "content": "word "}), *[_said({"content": "word "})] * CHUNKS]
_STREAM = [*_WORDS[: CHUNKS - 1], _said({}, "stop")]
_END = b"data: [DONE]\n\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """The application."""
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    asked = json.loads(body or b"{}")
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    for frame in _STREAM:
        await send({"type": "http.response.body", "body": frame, "more_body": True})
    wants_usage = (asked.get("stream_options") or {}).get("include_usage")
    last = _frame(choices=[], usage=_USAGE) + _END if wants_usage else _END
    await send({"type": "http.response.body", "body": last})


@contextmanager
def serving_model() -> Iterator[str]:
    """Starts it; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    here = str(Path(__file__).resolve().parent)
    options = ("--app-dir", here, "--port", str(port), "--lifespan=off", "--log-level=critical")
    process = subprocess.Popen([sys.executable, "-m", "uvicorn", "model:app", *options])  # noqa: S603
    try:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
