import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from padstone.auth.credential_cache import CredentialCache, Known
from padstone.principal import Principal

Cache = CredentialCache[bytes]
HASH, OTHER = b"a" * 32, b"b" * 32


def known(owner: UUID | None = None) -> Known:
    principal = Principal(subject=owner or uuid4(), credential=uuid4(), method="api_key")
    return Known(principal, float("inf"))


class Source:
    """What stands for the database: it answers when it is told to, and counts the questions."""

    def __init__(self) -> None:
        self.answers: dict[bytes, Known] = {}
        self.asked: list[bytes] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.failure: Exception | None = None

    async def load(self, key_hash: bytes) -> Known | None:
        self.asked.append(key_hash)
        answer = self.answers.get(key_hash)  # read first, delivered later, like a slow query
        await self.may_answer.wait()
        if self.failure is not None:
            raise self.failure
        return answer

    async def is_asked(self, times: int) -> None:
        async with asyncio.timeout(30):
            while len(self.asked) < times:  # the loop's other tasks run meanwhile
                await asyncio.sleep(0)


@pytest.fixture
def source() -> Source:
    source = Source()
    source.answers = {HASH: known(), OTHER: known()}
    return source


@pytest_asyncio.fixture
async def cache(source: Source) -> AsyncIterator[Cache]:
    cache = CredentialCache(source.load, seconds=30, size=2)
    yield cache
    await cache.close()


async def test_a_key_is_asked_for_once(cache: Cache, source: Source) -> None:
    assert await cache.get(HASH) is await cache.get(HASH) is source.answers[HASH]
    assert source.asked == [HASH]


async def test_nothing_is_remembered_for_no_time(cache: Cache, source: Source) -> None:
    cache.seconds = 0
    await cache.get(HASH)
    await cache.get(HASH)
    assert source.asked == [HASH, HASH]


async def test_an_unknown_key_is_asked_for_again(cache: Cache, source: Source) -> None:
    new = b"n" * 32
    assert await cache.get(new) is None
    source.answers[new] = known()
    assert await cache.get(new) is source.answers[new]


async def test_the_least_recently_used_goes_first(cache: Cache, source: Source) -> None:
    third = b"c" * 32
    source.answers[third] = known()
    for key_hash in (HASH, OTHER, HASH, third, HASH):
        await cache.get(key_hash)
    assert source.asked == [HASH, OTHER, third]
    await cache.get(OTHER)
    assert source.asked[-1] == OTHER
    assert len(cache) == 2


@pytest.mark.parametrize("key_hash", [HASH, b"unknown" * 4])
async def test_many_callers_ask_once(cache: Cache, source: Source, key_hash: bytes) -> None:
    source.may_answer.clear()
    callers = [asyncio.create_task(cache.get(key_hash)) for _ in range(50)]
    await source.is_asked(1)
    source.may_answer.set()
    assert set(await asyncio.gather(*callers)) == {source.answers.get(key_hash)}
    assert source.asked == [key_hash]


async def test_a_caller_who_gives_up_fails_nobody(cache: Cache, source: Source) -> None:
    source.may_answer.clear()
    first, *others = [asyncio.create_task(cache.get(HASH)) for _ in range(3)]
    await source.is_asked(1)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    source.may_answer.set()
    assert await asyncio.gather(*others) == [source.answers[HASH]] * 2
    assert source.asked == [HASH]


async def test_a_failure_reaches_all_and_is_not_remembered(cache: Cache, source: Source) -> None:
    source.failure = OSError("gone")
    results = await asyncio.gather(cache.get(HASH), cache.get(HASH), return_exceptions=True)
    assert results == [source.failure] * 2
    source.failure = None
    assert await cache.get(HASH) is source.answers[HASH]


FORGETTING = {
    "the key": lambda cache, _key: cache.forget(HASH),
    "its owner": lambda cache, key: cache.forget_owner(key.principal.subject),
    "everything": lambda cache, _key: cache.clear(),
}
Forget = Callable[[Cache, Known], None]


@pytest.mark.parametrize("forget", FORGETTING.values(), ids=FORGETTING)
async def test_what_is_forgotten_is_asked_again(
    cache: Cache, source: Source, forget: Forget
) -> None:
    key = await cache.get(HASH)
    assert key is not None
    forget(cache, key)
    await cache.get(HASH)
    assert source.asked == [HASH, HASH]


async def test_forgetting_one_leaves_the_others(cache: Cache, source: Source) -> None:
    for key_hash in (HASH, OTHER):
        await cache.get(key_hash)
    cache.forget(HASH)
    cache.forget_owner(source.answers[HASH].principal.subject)
    await cache.get(OTHER)
    assert source.asked == [HASH, OTHER]


@pytest.mark.parametrize("forget", FORGETTING.values(), ids=FORGETTING)
async def test_an_answer_that_was_on_its_way_is_not_remembered(
    cache: Cache, source: Source, forget: Forget
) -> None:
    old = source.answers[HASH]
    source.may_answer.clear()
    before: Awaitable[Known | None] = asyncio.create_task(cache.get(HASH))
    await source.is_asked(1)
    del source.answers[HASH]  # revoked, while the old answer is under way
    forget(cache, old)
    after = asyncio.create_task(cache.get(HASH))
    await source.is_asked(2)
    source.may_answer.set()
    assert await before is old, "it was asked before the change"
    assert await after is None, "it was asked after the change, so it must not share the old answer"
    assert await cache.get(HASH) is None


async def test_closing_ends_the_calls(source: Source) -> None:
    cache = CredentialCache(source.load, seconds=30, size=2)
    source.may_answer.clear()
    caller = asyncio.create_task(cache.get(HASH))
    await source.is_asked(1)
    await cache.close()
    with pytest.raises(asyncio.CancelledError):
        await caller
