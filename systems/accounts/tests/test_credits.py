"""A7: credits through the API. The ledger's own rules are tested with the library."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from callers import Caller, MakeCaller
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account
from app.services.credits import ledger
from padstone.credits import audit
from padstone.testing.servers import ServerProcess

CREDITS = "/api/v1/credits"


async def _post(client: httpx2.AsyncClient, caller: Caller, path: str, **body: Any) -> Any:
    return await client.post(f"{CREDITS}{path}", json=body, headers=caller.headers)


async def _balance(client: httpx2.AsyncClient, caller: Caller) -> dict[str, int]:
    balance: dict[str, int] = (await client.get(CREDITS, headers=caller.headers)).json()
    return balance


async def test_a7_a_hold_is_captured_in_part(client: httpx2.AsyncClient, caller: Caller) -> None:
    held = await _post(client, caller, "/holds", amount_micros=400_000, key="run-1")
    assert held.status_code == 201
    assert await _balance(client, caller) == {"balance_micros": 600_000, "held_micros": 400_000}
    hold = f"/holds/{held.json()['id']}"
    captured = await _post(client, caller, f"{hold}/capture", amount_micros=150_000, key="done-1")
    assert captured.status_code == 200
    assert await _balance(client, caller) == {"balance_micros": 850_000, "held_micros": 0}
    shown = await client.get(f"{CREDITS}{hold}", headers=caller.headers)
    assert (shown.json()["status"], shown.json()["captured_micros"]) == ("captured", 150_000)
    closed = await _post(client, caller, f"{hold}/release")
    assert closed.status_code == 409


async def test_a7_a_release_may_be_repeated(client: httpx2.AsyncClient, caller: Caller) -> None:
    held = await _post(client, caller, "/holds", amount_micros=400_000, key="run-1")
    answers = [await _post(client, caller, f"/holds/{held.json()['id']}/release") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert await _balance(client, caller) == {"balance_micros": 1_000_000, "held_micros": 0}


async def test_a7_a_key_moves_credits_once(client: httpx2.AsyncClient, caller: Caller) -> None:
    answers = [
        await _post(client, caller, "/debits", amount_micros=10, key="same") for _ in range(3)
    ]
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert (await _balance(client, caller))["balance_micros"] == 999_990
    other = await _post(client, caller, "/debits", amount_micros=11, key="same")
    assert (other.status_code, other.json()["code"]) == (409, "ledger_key_reused")


async def test_a7_the_balance_is_never_negative(client: httpx2.AsyncClient, caller: Caller) -> None:
    answer = await _post(client, caller, "/debits", amount_micros=1_000_001, key="x")
    assert (answer.status_code, answer.json()["code"]) == (402, "insufficient_credits")
    assert (await _balance(client, caller))["balance_micros"] == 1_000_000


async def test_a7_entries_tell_the_whole_story(client: httpx2.AsyncClient, caller: Caller) -> None:
    for number in range(3):
        await _post(client, caller, "/debits", amount_micros=number + 1, key=f"d{number}")
    first = (await client.get(f"{CREDITS}/entries?limit=2", headers=caller.headers)).json()
    query = {"limit": 2, "cursor": first["next_cursor"]}
    second = (await client.get(f"{CREDITS}/entries", params=query, headers=caller.headers)).json()
    entries = first["items"] + second["items"]
    assert [entry["key"] for entry in entries] == ["d2", "d1", "d0", "welcome"]
    assert [entry["balance_after_micros"] for entry in entries] == [
        999_994,
        999_997,
        999_999,
        1_000_000,
    ]


@pytest.mark.parametrize("amount", [0, -1, 2**63, 1.5, "10", True, None])
async def test_a7_amounts_are_whole_and_positive(
    client: httpx2.AsyncClient, caller: Caller, amount: Any
) -> None:
    answer = await _post(client, caller, "/debits", amount_micros=amount, key="x")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body.amount_micros"


async def test_a7_spending_needs_its_scope(
    client: httpx2.AsyncClient, make_caller: MakeCaller
) -> None:
    caller = await make_caller(scopes=["credits:read"])
    answer = await _post(client, caller, "/debits", amount_micros=1, key="x")
    assert answer.status_code == 403


@pytest.mark.committed
async def test_a7_512_debits_from_four_processes_on_funds_for_100(
    server: Callable[..., Awaitable[list[ServerProcess]]],
    make_caller: MakeCaller,
    session: AsyncSession,
) -> None:
    caller = await make_caller()
    price = 10_000  # the welcome credits are a hundred times that
    servers = await server(processes=4)
    limits = httpx2.Limits(max_connections=16)

    async def debit(client: httpx2.AsyncClient, number: int) -> int:
        body = {"amount_micros": price, "key": f"debit-{number}"}
        while True:
            try:
                answer = await client.post(f"{CREDITS}/debits", json=body, headers=caller.headers)
            except httpx2.TransportError:
                continue  # the server closed an idle connection
            # On a slow machine some wait too long for the account's row. They are told to come
            # again, and the key makes that safe.
            if answer.status_code != 503:
                return int(answer.status_code)
            await asyncio.sleep(0.1)

    clients = [httpx2.AsyncClient(base_url=s.url, limits=limits, timeout=60) for s in servers]
    statuses = await asyncio.gather(
        *(debit(clients[number % len(clients)], number) for number in range(512))
    )
    for client in clients:
        await client.aclose()
    assert Counter(statuses) == {201: 100, 402: 412}
    account = await session.get_one(Account, caller.account.id, populate_existing=True)
    assert account.credits_balance_micros == 0
    assert await audit(session, ledger) == []
