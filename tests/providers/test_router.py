import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from chats import ask
from padstone.providers import (
    ChatChunk,
    ChatRequest,
    Delta,
    EchoProvider,
    Limits,
    ModelNotFoundError,
    Provider,
    ProviderBrokenError,
    ProviderRefusedError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    Router,
    Served,
)


class Scripted(Provider):
    """Does what its list says, turn by turn: words, errors, or standing still (None)."""

    def __init__(self, *turns: list[str | Exception | None]) -> None:
        self.turns = list(turns)
        self.asked: list[str] = []
        self.open = 0

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        self.asked.append(request.model)
        self.open += 1
        try:
            for one in self.turns.pop(0):
                if one is None:
                    await asyncio.Event().wait()
                elif isinstance(one, Exception):
                    raise one
                else:
                    yield ChatChunk.of(Delta(content=one))
        finally:
            self.open -= 1


def busy(pause: float | None) -> ProviderUnavailableError:
    error = ProviderUnavailableError()
    error.asked_pause = pause
    return error


DOWN = ProviderUnavailableError()


async def test_a_model_is_asked_by_its_name_there_and_known_by_its_name_here() -> None:
    one, other = Scripted(["a"]), Scripted(["b"])
    router = Router({"fast": Served(one, "x-1"), "deep": Served(other, "y-2", owner="y")})
    completion = await router.complete(ask("deep"))
    assert (completion.text, completion.model) == ("b", "deep")
    assert (one.asked, other.asked) == ([], ["y-2"])
    assert router.models == ("deep", "fast")
    assert (router.owner_of("deep"), router.owner_of("fast")) == ("y", "padstone")


async def test_a_model_that_nobody_has_is_not_found() -> None:
    router = Router({"echo": EchoProvider()})
    with pytest.raises(ModelNotFoundError):
        await router.complete(ask("other"))
    with pytest.raises(ModelNotFoundError):
        router.owner_of("other")


async def test_before_the_first_word_it_is_asked_again() -> None:
    one = Scripted([DOWN], ["a"])
    assert (await Router({"m": one}).complete(ask("m"))).text == "a"
    assert one.asked == ["m", "m"]


async def test_it_is_asked_as_often_as_was_said() -> None:
    one = Scripted([DOWN], [DOWN], [DOWN], ["a"])
    with pytest.raises(ProviderUnavailableError):
        await Router({"m": one}, attempts=3).complete(ask("m"))
    assert len(one.asked) == 3


async def test_then_the_next_one_is_asked() -> None:
    one, other = Scripted([DOWN], [DOWN]), Scripted(["b"])
    router = Router({"m": [Served(one, "x"), Served(other, "y")]})
    assert (await router.complete(ask("m"))).text == "b"
    assert (one.asked, other.asked) == (["x", "x"], ["y"])


@pytest.mark.parametrize("failure", [busy(60), ProviderTimeoutError()])
async def test_who_needs_time_is_passed_over(failure: Exception) -> None:
    one, other = Scripted([failure]), Scripted(["b"])
    router = Router({"m": [Served(one, "x"), Served(other, "y")]})
    assert (await router.complete(ask("m"))).text == "b"
    assert len(one.asked) == 1


async def test_a_short_pause_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    one = Scripted([busy(1.5)], [DOWN], ["a"])
    monkeypatch.setattr("padstone.providers.router.asyncio.sleep", note)
    assert (await Router({"m": one}, attempts=3).complete(ask("m"))).text == "a"
    assert pauses[0] == 1.5
    assert 0.1 <= pauses[1] <= 0.3


async def test_a_refusal_is_everybodys() -> None:
    one, other = Scripted([ProviderRefusedError()]), Scripted(["b"])
    router = Router({"m": [Served(one, "x"), Served(other, "y")]})
    with pytest.raises(ProviderRefusedError):
        await router.complete(ask("m"))
    assert other.asked == []


async def test_after_the_first_word_nobody_stands_in() -> None:
    one, other = Scripted(["a", DOWN]), Scripted(["b"])
    router = Router({"m": [Served(one, "x"), Served(other, "y")]})
    with pytest.raises(ProviderUnavailableError):
        await router.complete(ask("m"))
    assert (len(one.asked), other.asked) == (1, [])


async def test_no_answer_at_all_is_a_broken_one() -> None:
    one = Scripted([], [])
    with pytest.raises(ProviderBrokenError):
        await Router({"m": one}).complete(ask("m"))
    assert len(one.asked) == 2


async def test_the_last_failure_is_told() -> None:
    one, other = Scripted([busy(60)]), Scripted([ProviderTimeoutError()])
    router = Router({"m": [Served(one, "x"), Served(other, "y")]})
    with pytest.raises(ProviderTimeoutError):
        await router.complete(ask("m"))


async def test_the_limits_hold() -> None:
    slow, quick = Scripted([None]), Scripted(["b", None])
    limits = Limits(first=0.02, idle=0.02)
    router = Router({"m": [Served(slow, "x"), Served(quick, "y")]}, limits=limits)
    heard = []
    with pytest.raises(ProviderTimeoutError):
        async for chunk in router.stream(ask("m")):
            heard += [choice.delta.content for choice in chunk.choices]
    assert heard == ["b"]
    assert (slow.open, quick.open) == (0, 0)


async def test_the_whole_time_is_for_all_of_them() -> None:
    providers = [Scripted([None]) for _ in range(3)]
    served = [Served(one, "x") for one in providers]
    router = Router({"m": served}, limits=Limits(first=60, total=0.05))
    with pytest.raises(ProviderTimeoutError):
        await router.complete(ask("m"))
    assert sum(one.open for one in providers) == 0


async def test_whoever_leaves_leaves_nothing_open() -> None:
    one = Scripted(["a", None])
    async with aclosing(Router({"m": one}).stream(ask("m"))) as chunks:
        await anext(chunks)
    assert one.open == 0


async def test_a_cancelled_beginning_leaves_nothing_open() -> None:
    one = Scripted([None])
    task = asyncio.create_task(Router({"m": one}).complete(ask("m")))
    while not one.open:
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert one.open == 0
