"""The cache as the rest of an application sees it."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar, overload

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.cache.dropped import Dropped
from padstone.cache.entries import Entries
from padstone.cache.question import Kept, Question, adapter_of
from padstone.db import after_commit
from padstone.errors import UnavailableError
from padstone.redis import RedisClient, RedisUnavailableError

__all__ = ["Cache"]

T = TypeVar("T")

_LONGEST = 30 * 86_400.0
_MOST_REFRESHES = 64
_POLL_FIRST, _POLL_LAST = 0.01, 0.1

_log = structlog.get_logger("padstone.cache")


class _Answer(NamedTuple):
    """How a question went. With a ``token``, it is ours to make."""

    outcome: str
    kept: Kept | None = None
    token: str = ""
    head: bytes = b""


def _count_nothing(_outcome: str) -> None:
    """For whoever wants no numbers."""


class Cache:
    """Keeps what is costly to make, for all processes.

    Of many who ask for what is not there, one makes it and the others wait: as long as ``lease``
    and a second, after which they make it themselves. ``observe`` is told how each question ended:
    hit, stale, miss, waited, and passed where Redis did not answer.
    """

    def __init__(
        self,
        redis: RedisClient,
        *,
        lease: float = 5.0,
        observe: Callable[[str], None] = _count_nothing,
    ) -> None:
        self._entries = Entries(redis)
        self._dropped = Dropped(self._entries)
        self._lease = lease
        self._observe = observe
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Ends what goes on in the background."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @overload
    async def get_or_set(
        self,
        key: str,
        produce: Callable[[], Awaitable[T]],
        *,
        model: type[T],
        ttl: float,
        stale: float = ...,
        tags: Iterable[str] = ...,
        background: bool = ...,
    ) -> T: ...

    @overload
    async def get_or_set(
        self,
        key: str,
        produce: Callable[[], Awaitable[T]],
        *,
        model: Any,
        ttl: float,
        stale: float = ...,
        tags: Iterable[str] = ...,
        background: bool = ...,
    ) -> T: ...

    async def get_or_set(
        self,
        key: str,
        produce: Callable[[], Awaitable[Any]],
        *,
        model: Any,
        ttl: float,
        stale: float = 0.0,
        tags: Iterable[str] = (),
        background: bool = False,
    ) -> Any:
        """What is kept under ``key``, or what ``produce`` makes, which is then kept.

        ``model`` is its Pydantic type. For ``ttl`` seconds it is fresh. For ``stale`` seconds more
        it is still given to all but the one who makes it anew, and to that one too where
        ``produce`` raises ``UnavailableError``. With ``background`` nobody waits: ``produce`` then
        runs after the answer has left, and must open a session of its own.

        ``tags`` are names by which it is dropped; name the same ones for a key each time. While
        Redis does not answer, ``produce`` is called each time. What it raises is raised, and
        nothing is kept.
        """
        if ttl <= 0 or stale < 0 or ttl + stale > _LONGEST:
            raise ValueError("ttl is positive, stale not negative, and together at most 30 days")
        names = self._entries.names(key, tags)
        question = Question(names, adapter_of(model), produce, ttl, stale)
        try:
            found = await self._find(question)
        except RedisUnavailableError:
            found = _Answer("passed")
        if found.token:
            if not background or found.kept is None or len(self._tasks) >= _MOST_REFRESHES:
                return await self._make(question, found)
            self._start(self._refresh(question, found))
            found = _Answer("stale", found.kept)
        self._observe(found.outcome)
        return await produce() if found.kept is None else found.kept.value

    async def drop(self, *keys: str, tags: Iterable[str] = ()) -> None:
        """Drops entries by their keys, and by tags any number of them.

        What is being made at this moment is not kept. While Redis does not answer, this process
        drops them before it reads again; others may give what is stale until its time is over.
        """
        self._note(keys, tags)
        await self._settle()

    def drop_after_commit(
        self, session: AsyncSession, *keys: str, tags: Iterable[str] = ()
    ) -> None:
        """The same once the session's transaction is committed; never where it is undone.

        From then on this process gives nothing older, and other processes within milliseconds.
        """
        tags = tuple(tags)

        def committed() -> None:
            self._note(keys, tags)
            self._start(self._settle())

        after_commit(session, committed)

    async def clear(self) -> None:
        """Drops everything."""
        self._dropped.add(tags=[self._entries.tag()])
        await self._settle()

    def _note(self, keys: Iterable[str], tags: Iterable[str]) -> None:
        named = [self._entries.names(key, ()) for key in keys]
        self._dropped.add(
            keys=[name for one in named for name in (one.entry, one.lock)],
            tags=map(self._entries.tag, tags),
        )

    async def _settle(self) -> None:
        try:
            await self._dropped.settle()
        except RedisUnavailableError:
            _log.warning("what was dropped is still in redis, which does not answer")

    async def _find(self, question: Question) -> _Answer:
        """Asks until there is a value, or leave to make one, or patience ends.

        Raises ``RedisUnavailableError``.
        """
        await self._dropped.settle()
        token, outcome, pause = secrets.token_hex(8), "hit", _POLL_FIRST
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._lease + 1
        while True:
            found = await self._entries.look(
                question.names, token, stale=question.stale, lease=self._lease
            )
            kept = question.decoded(found.value)
            if found.state == "mine":
                return _Answer("miss", kept, token, found.head)
            if kept is not None:
                return _Answer(outcome if found.state == "fresh" else "stale", kept)
            if clock() > deadline:
                return _Answer("miss")
            if found.state == "fresh":
                # Of another form than today's, as after a deployment.
                await self._entries.drop([question.names.entry], [])
                continue
            outcome = "waited"
            await asyncio.sleep(pause)
            pause = min(2 * pause, _POLL_LAST)

    async def _make(self, question: Question, found: _Answer) -> Any:
        try:
            value = await question.produce()
        except UnavailableError:
            await self._release(question, found)
            if found.kept is None:
                raise
            self._observe("stale")
            return found.kept.value
        except BaseException:
            await self._release(question, found)
            raise
        self._observe("miss")
        await self._store(question, found, value)
        return value

    async def _refresh(self, question: Question, found: _Answer) -> None:
        try:
            value = await question.produce()
        except Exception as error:  # noqa: BLE001  # nobody waits for it
            _log.warning("nothing newer could be made for the cache", error=type(error).__name__)
            await self._release(question, found)
        except BaseException:
            await self._release(question, found)
            raise
        else:
            await self._store(question, found, value)

    async def _store(self, question: Question, found: _Answer, value: Any) -> None:
        content = found.head + question.encoded(value)
        with suppress(RedisUnavailableError):  # the lock ends by itself
            seconds = question.ttl + question.stale
            await self._entries.store(question.names, found.token, content, seconds)

    async def _release(self, question: Question, found: _Answer) -> None:
        with suppress(RedisUnavailableError):  # the lock ends by itself
            await self._entries.release(question.names, found.token)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
