"""Blocks on one connection nest or wait, whatever task they are in."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from padstone.db.turns import Turns


class Ledger:
    """Fails where a block ends while another that began after it is still open."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.open: list[object] = []
        self.most = 0

    async def block(self, *inside: object) -> None:
        async with self.turns.take():
            mark = object()
            self.open.append(mark)
            self.most = max(self.most, len(self.open))
            await asyncio.sleep(0)
            for one in inside:
                await self.run(one)
            await asyncio.sleep(0)
            assert self.open.pop() is mark

    async def run(self, plan: object) -> None:
        """A tuple is blocks one after another, a list is blocks at the same time."""
        if isinstance(plan, tuple):
            for one in plan:
                await self.block(one)
        elif isinstance(plan, list):
            await asyncio.gather(*(self.block(one) for one in plan))


plans = st.recursive(
    st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.tuples(inner, inner),
    max_leaves=12,
)


@given(plans)
async def test_blocks_nest_in_every_arrangement(plan: object) -> None:
    ledger = Ledger()
    async with asyncio.timeout(10):
        await ledger.run(plan)
    assert ledger.open == []


async def test_blocks_of_other_tasks_wait() -> None:
    ledger = Ledger()
    await asyncio.gather(*(ledger.block() for _ in range(5)))
    assert ledger.most == 1


async def test_a_task_that_outlives_its_block_waits_like_others() -> None:
    ledger = Ledger()
    may_go = asyncio.Event()

    async def later() -> None:
        await may_go.wait()
        await ledger.block()

    async with ledger.turns.take():
        task = asyncio.create_task(later())
    async with ledger.turns.take():
        may_go.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not task.done()
        assert ledger.most == 0
    await task
    assert ledger.most == 1


async def test_two_connections_do_not_wait_for_each_other() -> None:
    one, other = Turns(), Turns()
    async with asyncio.timeout(10), one.take(), other.take(), one.take(), other.take():
        pass


async def test_a_block_that_fails_or_is_cancelled_gives_its_turn_back() -> None:
    ledger = Ledger()

    async def fail() -> None:
        async with ledger.turns.take():
            raise ValueError

    async def wait() -> None:
        async with ledger.turns.take():
            await asyncio.Event().wait()

    await asyncio.gather(fail(), return_exceptions=True)
    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(ledger.block())
    await asyncio.sleep(0)
    task.cancel()
    await waiting
    assert ledger.most == 1
