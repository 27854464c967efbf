import json
from typing import Any, ClassVar

from chats import ask
from padstone.providers import open_providers
from padstone.settings import ProviderSettings
from padstone.testing.upstreams import Upstreams


class Settings(ProviderSettings):
    SYSTEM: ClassVar[str] = "talking"


async def test_without_providers_there_is_an_echo() -> None:
    async with open_providers(Settings()) as router:
        assert router.models == ("echo",)
        assert (await router.complete(ask("echo", "Hello."))).text == "Hello."


async def test_those_that_are_named_are_asked_in_their_order(upstreams: Upstreams) -> None:
    def entry(name: str, model: str, **given: Any) -> dict[str, Any]:
        own = {"name": name, "kind": "openai", "base_url": upstreams.openai_url}
        return {**own, "key": upstreams.KEY, "models": {"m": model, f"own-{name}": model}, **given}

    entries = [
        entry("first", "double?status=500"),
        entry("second", "double?tokens=1", kind="anthropic", base_url=upstreams.url),
        {"name": "third", "kind": "echo", "models": ["m"]},
    ]
    exchanges: list[str] = []
    settings = Settings(PROVIDERS=json.dumps(entries), PROVIDER_ATTEMPTS=1)

    def observe(_host: str, outcome: str, _seconds: float) -> None:
        exchanges.append(outcome)

    async with open_providers(settings, observe=observe) as router:
        assert router.models == ("m", "own-first", "own-second")
        assert router.owner_of("m") == "first"
        assert (await router.complete(ask("m"))).text == "word0 "
    assert exchanges == ["500", "200"]


async def test_the_limits_are_those_of_the_settings() -> None:
    times = {"FIRST_TIMEOUT": 1, "IDLE_TIMEOUT": 2, "TIMEOUT": 3}
    given = {f"PROVIDER_{name}_SECONDS": value for name, value in times.items()}
    async with open_providers(Settings(**given)) as router:
        assert (router.limits.first, router.limits.idle, router.limits.total) == (1, 2, 3)
