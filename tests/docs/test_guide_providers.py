"""The guide's requests are asked, and its list is one that is taken."""

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from padstone.errors import PadstoneError
from padstone.problems import status_of
from padstone.providers import errors, open_providers
from padstone.settings import ProviderEntry, ProviderSettings
from padstone.testing.upstreams import Upstreams

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "providers.md").read_text()
SNIPPETS: dict[str, str] = dict(re.findall(r"```python file=(\S+)\n(.*?)```", GUIDE, re.DOTALL))
[LISTED] = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)


def run(name: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(SNIPPETS[name], name, "exec"), names)  # noqa: S102  # it is what is tested
    return names


async def test_the_guides_requests_are_answered() -> None:
    names = run("asking.py")
    async with open_providers(ProviderSettings()) as router:
        assert await names["say"](router, "Hello.") == "Hello."
        assert "".join(await names["say_slowly"](router, "Hello.")) == "Hello."


async def test_the_guides_route_is_answered(started: Any) -> None:
    echo = [{"name": "e", "kind": "echo", "models": ["fast"]}]
    settings = ProviderSettings(PROVIDERS=json.dumps(echo))
    async with started(run("routes.py")["router"], settings=settings) as client:
        answer: httpx2.Response = await client.post("/summaries", params={"text": "Long."})
    assert answer.json() == "Long."


def test_the_guides_list_is_taken() -> None:
    entries = ProviderSettings(PROVIDERS=LISTED.replace("…", "x")).provider_entries()
    assert [entry.name for entry in entries] == ["own", "openai", "anthropic"]


async def test_the_guides_test_passes(upstreams: Upstreams) -> None:
    await run("test_asking.py")["test_an_answer_that_breaks_off"](upstreams)


def test_every_field_of_an_entry_is_explained() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \|", GUIDE, re.MULTILINE)
    assert set(rows) == set(ProviderEntry.model_fields)


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_is_explained_with_its_status(name: str) -> None:
    error: type[PadstoneError] = getattr(errors, name)
    [row] = [line for line in GUIDE.splitlines() if line.startswith("| `") and f"`{name}`" in line]
    assert f"| {status_of(error)} |" in row
