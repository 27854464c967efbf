"""Providers of models as a process of their own, which do what the name of the model says.

``Upstreams`` serves OpenAI's interface below ``/v1`` and Anthropic's beside it. A model such as
``"double?tokens=20&cut=5"`` behaves so, whoever asks: no test needs to set the process up, and
tests side by side do not disturb each other. See ``Behaviour`` for what there is.
"""

import subprocess
import sys
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx2

from padstone.testing.processes import bare_environment

__all__ = ["Produced", "Upstreams"]

_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Produced:
    """What an upstream made of one request.

    ``said`` is the last thing the user said, by which a test finds its own; ``ended`` says whether
    the answer was given to its end. ``headers`` and ``body`` are the request's.
    """

    said: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    ended: bool
    headers: dict[str, str]
    body: dict[str, Any]


class Upstreams:
    """The process. It ends with the ``with`` block, and with this process at the latest."""

    KEY = "sk-upstream-canary-7c1f"
    """The one key that it takes."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    @property
    def openai_url(self) -> str:
        """The ``base_url`` of an OpenAI-compatible provider."""
        return f"{self.url}/v1"

    def __enter__(self) -> Self:
        """Starts it."""
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "padstone.testing.upstream_process", self.KEY],
            env=bare_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None  # noqa: S101  # it was asked for
        port = self._process.stdout.readline().strip()
        if not port:
            raise AssertionError("the upstreams did not start")
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends it."""
        process = self._process
        assert process is not None  # noqa: S101  # it was started
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        process.stdin.close()
        process.wait(_PATIENCE)
        process.stdout.close()

    async def produced(self, said: str = "") -> list[Produced]:
        """What was made of the requests in which the user said this last, or of all."""
        async with httpx2.AsyncClient(trust_env=False, timeout=_PATIENCE) as client:
            answer = await client.get(f"{self.url}/produced", params={"said": said})
            answer.raise_for_status()
            return [Produced(**one) for one in answer.json()]
