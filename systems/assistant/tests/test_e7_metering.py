"""E7: what completions cost: reserved before, settled after, also when nobody listens."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from people import SignedIn, SignIn
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from talking import balance_of, calls_of, frames, question, settings_of

from app.core import plans
from app.core.prices import price_of
from app.models import CreditHold
from app.services.credits import ledger
from padstone.credits import audit
from padstone.testing.running import Running
from padstone.testing.servers import ServerProcess
from padstone.testing.upstreams import Upstreams

PATH = "/v1/chat/completions"
StartServers = Callable[..., Awaitable[list[ServerProcess]]]


@pytest.mark.parametrize("stream", [False, True])
async def test_e7_what_was_used_is_paid(
    client: httpx2.AsyncClient,
    session: AsyncSession,
    member: SignedIn,
    stream: bool,  # noqa: FBT001
) -> None:
    """GIVEN credits
    WHEN a completion has been answered
    THEN its tokens and its micros are in the books
    """
    before = await balance_of(session, member.user)
    asked = question(said="Hello there, you.", stream=stream)
    answer = await client.post(PATH, json=asked, headers=member.headers)
    shown = frames(answer.text)[0]["id"] if stream else answer.json()["id"]
    [call] = await calls_of(session, member.user)
    assert shown == f"chatcmpl-{call.id.hex}"
    assert (call.status, call.model, call.is_estimate) == ("settled", "echo", True)
    assert (call.prompt_tokens, call.completion_tokens) == (5, 5)
    assert call.charged_micros == 5 + 2 * 5
    assert before - await balance_of(session, member.user) == 15
    assert not await audit(session, ledger)


async def test_e7_without_credits_it_is_402(
    client: httpx2.AsyncClient, session: AsyncSession, member: SignedIn
) -> None:
    """GIVEN fewer credits than an answer might cost
    WHEN a completion is asked for
    THEN it is 402 insufficient_quota, and nothing is written
    """
    balance = await balance_of(session, member.user)
    await ledger.debit(session, member.user.id, balance - 50, key="spent")
    await session.commit()
    answer = await client.post(PATH, json=question(), headers=member.headers)
    assert answer.status_code == 402
    error = answer.json()["error"]
    assert (error["type"], error["code"]) == ("insufficient_quota", "insufficient_quota")
    assert await calls_of(session, member.user) == []
    few = question(max_tokens=5, said="x")
    assert (await client.post(PATH, json=few, headers=member.headers)).status_code == 402
    assert await balance_of(session, member.user) == 50


async def test_e7_an_answer_is_as_long_as_the_plan_allows(
    client: httpx2.AsyncClient, session: AsyncSession, member: SignedIn
) -> None:
    """GIVEN a plan with 2,048 tokens
    WHEN more would be said
    THEN the answer ends there, and so does what is paid
    """
    said = "abcd" * 3_000
    answer = await client.post(
        PATH, json=question(said=said, max_tokens=60_000), headers=member.headers
    )
    [choice] = answer.json()["choices"]
    assert choice["finish_reason"] == "length"
    assert len(choice["message"]["content"]) == 4 * 2_048
    [call] = await calls_of(session, member.user)
    assert call.completion_tokens == 2_048
    assert call.uncovered_micros == 0


async def test_e7_a_model_that_is_not_in_the_plan_is_403(
    client: httpx2.AsyncClient,
    member: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """GIVEN a model that the plan does not have
    WHEN it is asked, or looked at
    THEN it is 403, and the list does not have it
    """
    narrow = plans.Plan(models=("other",), rate="20/minute", max_output_tokens=10)
    monkeypatch.setitem(plans.PLANS, "free", narrow)
    asked = await client.post(PATH, json=question(), headers=member.headers)
    shown = await client.get("/v1/models/echo", headers=member.headers)
    for answer in (asked, shown):
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "model_not_in_plan"
    listed = await client.get("/v1/models", headers=member.headers)
    assert listed.json()["data"] == []


async def test_e7_too_often_is_429(
    client: httpx2.AsyncClient, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GIVEN a plan with four an hour
    WHEN more are asked for, at either address and with any key
    THEN it is 429 and says when again; another user is not concerned
    """
    few = plans.Plan(models=("*",), rate="4/hour", max_output_tokens=10)
    monkeypatch.setitem(plans.PLANS, "free", few)
    ann, bob = await signed_in(), await signed_in()
    paths = [PATH, f"/api{PATH}"]
    answers = [
        await client.post(paths[number % 2], json=question(), headers=ann.headers)
        for number in range(5)
    ]
    assert {answer.status_code for answer in answers[:4]} == {200}
    assert answers[0].headers["ratelimit-limit"] == "4"
    last = answers[4]
    assert last.status_code == 429
    assert last.json()["error"]["code"] == "rate_limit_exceeded"
    assert int(last.headers["retry-after"]) >= 1
    assert last.headers["ratelimit-remaining"] == "0"
    other = await client.post(PATH, json=question(), headers=bob.headers)
    assert other.status_code == 200


async def test_e7_a_refusal_of_the_provider_costs_nothing(
    client: httpx2.AsyncClient, session: AsyncSession, member: SignedIn
) -> None:
    """GIVEN a request that the provider refuses
    WHEN it is asked for
    THEN what was set aside is given back
    """
    before = await balance_of(session, member.user)
    answer = await client.post(PATH, json=question(n=2), headers=member.headers)
    assert answer.status_code == 400
    [call] = await calls_of(session, member.user)
    assert (call.status, call.charged_micros) == ("released", 0)
    assert await balance_of(session, member.user) == before


async def test_e7_a_key_needs_the_scope(client: httpx2.AsyncClient, member: SignedIn) -> None:
    """GIVEN a key that may not talk to models, and one that may keep nothing
    WHEN they try
    THEN it is 403
    """
    for scopes, asked in (
        (["credits:read"], question()),
        (["chat:write"], question(store=True)),
    ):
        made = await client.post(
            "/api/v1/keys", json={"name": "k", "scopes": scopes}, headers=member.headers
        )
        headers = {"Authorization": f"Bearer {made.json()['secret']}"}
        answer = await client.post(PATH, json=asked, headers=headers)
        assert answer.status_code == 403, answer.text
        assert answer.json()["error"]["code"] == "permission_denied"


@pytest.mark.committed
async def test_e7_forty_clients_who_leave_pay_what_the_provider_counted(
    server: StartServers, session: AsyncSession, signed_in: SignIn, upstreams: Upstreams
) -> None:
    """GIVEN forty streams from a provider that counts
    WHEN their clients leave anywhere
    THEN each is paid to the micro, and no connection was held
    """
    pro = await signed_in(plan="team")
    models = {"double": "double?tokens=30&delay=0.01"}
    [one] = await server(DATABASE_POOL_SIZE="5", **settings_of(upstreams, models))
    chance = random.Random(11)  # noqa: S311  # the same each time
    said = [f"{uuid4()} {'word ' * chance.randrange(9)}" for _ in range(40)]
    async with httpx2.AsyncClient(base_url=one.url, timeout=60) as client:

        async def cut(text: str) -> None:
            body = question("double", text, stream=True, max_tokens=40)
            async with client.stream("POST", PATH, json=body, headers=pro.headers) as answer:
                assert answer.status_code == 200, await answer.aread()
                events = answer.aiter_lines()
                for _ in range(chance.randrange(1, 60)):
                    await anext(events)

        await asyncio.gather(*(cut(text) for text in said))
    calls = await settled(session, pro, 40)
    heard = [one for text in said for one in await upstreams.produced(text)]
    assert all(one.ended for one in heard)
    truth = sorted((one.prompt_tokens, one.completion_tokens) for one in heard)
    assert sorted((call.prompt_tokens, call.completion_tokens) for call in calls) == truth
    cost = sum(prompt + 2 * completion for prompt, completion in truth)
    assert sum(call.charged_micros for call in calls) == cost
    assert not any(call.is_estimate for call in calls)
    assert not await audit(session, ledger)


@pytest.mark.committed
async def test_e7_what_a_killed_server_left_is_settled_by_another(
    server: StartServers,
    session: AsyncSession,
    running: Running,
    signed_in: SignIn,
    upstreams: Upstreams,
) -> None:
    """GIVEN open holds of a server that is killed
    WHEN another one looks, and the lease is over
    THEN each is closed once, and nothing is held
    """
    pro = await signed_in(plan="team")
    models = {"double": "double?tokens=100000&delay=0.05"}
    [doomed] = await server(**settings_of(upstreams, models))
    async with (
        httpx2.AsyncClient(base_url=doomed.url, timeout=60) as client,
        asyncio.TaskGroup() as group,
    ):
        begun = [asyncio.Event() for _ in range(5)]

        async def listen(number: int) -> None:
            body = question("double", f"{number}", stream=True, max_tokens=100)
            try:
                async with client.stream("POST", PATH, json=body, headers=pro.headers) as answer:
                    async for line in answer.aiter_lines():
                        if line.startswith("data: "):
                            begun[number].set()
            except httpx2.TransportError:
                pass  # it was killed

        for number in range(5):
            group.create_task(listen(number))
        await asyncio.gather(*(one.wait() for one in begun))
        await doomed.kill()
    assert [call.status for call in await calls_of(session, pro.user)] == ["open"] * 5
    await session.execute(text("UPDATE metered_calls SET seen_at = seen_at - interval '1 minute'"))
    await session.commit()
    assert await running.state["meter"].reconcile() == 5
    assert await running.state["meter"].reconcile() == 0
    calls = await settled(session, pro, 5)
    assert all(call.charged_micros <= call.reserved_micros for call in calls)
    held = await session.scalar(select(func.count()).where(CreditHold.status == "open"))
    assert held == 0
    assert not await audit(session, ledger)


async def settled(session: AsyncSession, who: SignedIn, count: int) -> list[Any]:
    """The user's calls, once all are closed."""
    while True:
        calls = await calls_of(session, who.user)
        await session.commit()  # what is read next is what is there then
        if len(calls) == count and all(call.status != "open" for call in calls):
            return calls
        await asyncio.sleep(0.05)


def test_e7_prices_are_looked_up_by_name_and_pattern() -> None:
    """GIVEN prices by name and by pattern
    WHEN a model's is looked up
    THEN its own comes first, and then the first pattern
    """
    prices = {"gpt-*": (1, 1), "gpt-5*": (2, 2), "gpt-5": (3, 3)}
    assert [price_of(prices, name) for name in ("gpt-5", "gpt-5-mini", "claude")] == [
        (3, 3),
        (1, 1),
        None,
    ]
