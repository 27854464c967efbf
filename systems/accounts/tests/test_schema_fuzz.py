"""C3 and C6: schemathesis finds no 5xx and no answer that the document does not describe."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from callers import Caller

from padstone.testing.servers import ServerProcess

SECONDS = 12  # it is bounded in time, and goes as far as it gets
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
)


@pytest.mark.committed
async def test_c6_schemathesis_finds_nothing(
    server: Callable[..., Awaitable[list[ServerProcess]]], caller: Caller, tmp_path: Path
) -> None:
    [one] = await server()
    done = await asyncio.to_thread(
        subprocess.run,
        [
            Path(sys.executable).with_name("schemathesis"),
            *("run", f"{one.url}/openapi.json"),
            *("--checks", ",".join(CHECKS)),
            *("--header", f"Authorization: {caller.headers['Authorization']}"),
            *("--phases", "examples,coverage,fuzzing"),
            *("--max-time", str(SECONDS)),
            *("--request-timeout", "10"),
            *("--generation-database", "none"),
            # It would invent credentials in place of ours.
            *("--generation-with-security-parameters", "false"),
            "--no-color",
        ],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
