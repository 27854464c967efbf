"""C3 and C6: schemathesis finds no 5xx and no answer that the document does not describe."""

import asyncio
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
import pytest

from padstone.testing.contract.environment import SHORT_STREAMS, bare, script
from padstone.testing.contract.world import World
from padstone.testing.servers import ServerProcess

__all__ = ["ENDING", "test_c6_schemathesis_finds_nothing"]

SECONDS = 12
"""It is bounded in time, and goes as far as it gets."""
_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    # Not "unsupported_method": a page for people may stand where an operation is, and the contract
    # asks every path itself for a method that is not there.
)


ENDING = frozenset({"end_browser_sessions", "log_out", "log_out_everywhere", "sign_out"})
"""The library's own operations after which the caller is somebody unknown."""


@pytest.mark.committed
async def test_c6_schemathesis_finds_nothing(
    server: Callable[..., Awaitable[list[ServerProcess]]], world: World, tmp_path: Path
) -> None:
    """As the caller who may do the most."""
    [one] = await server(**SHORT_STREAMS)
    caller = await world.callers.mightiest()
    async with httpx2.AsyncClient(base_url=one.url, timeout=60) as client:
        # Now, since making the document takes longer than anything that is asked afterwards.
        assert (await client.get("/openapi.json")).status_code == 200
    done = await asyncio.to_thread(
        subprocess.run,
        [
            str(script("schemathesis")),
            *("run", f"{one.url}/openapi.json"),
            *("--checks", ",".join(_CHECKS)),
            *("--header", f"Authorization: {caller.headers['Authorization']}"),
            *("--phases", "examples,coverage,fuzzing"),
            *("--max-time", str(SECONDS)),
            *("--request-timeout", "30"),
            # The same inputs each time: what a change breaks is found where it was made, and what
            # passed here passes there.
            "--generation-deterministic",
            # It would invent credentials in place of ours.
            *("--generation-with-security-parameters", "false"),
            *(
                word
                for name in sorted(ENDING | world.ending)
                for word in ("--exclude-operation-id", name)
            ),
            "--no-color",
        ],
        cwd=tmp_path,
        env=bare(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
