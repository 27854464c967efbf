"""What a system gets that includes them: the numbers of its own user, and nobody else's."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID, uuid4

import httpx2
import pytest_asyncio
from fastapi import Depends, Header

from padstone.app import create_app
from padstone.credits import Ledger, credit_routes
from padstone.errors import PermissionDeniedError
from padstone.principal import Principal
from padstone.settings import DatabaseSettings
from padstone.testing.running import run

from .conftest import Books


async def caller(user: Annotated[UUID, Header()]) -> Principal:
    return Principal(user, user, "test")


async def admin(principal: Annotated[Principal, Depends(caller)]) -> Principal:
    if principal.subject.int != 0:
        raise PermissionDeniedError
    return principal


ADMIN = {"user": str(UUID(int=0))}


@pytest_asyncio.fixture
async def client(
    books: Books, blank_database: str, ledger: Ledger[Any, Any]
) -> AsyncIterator[httpx2.AsyncClient]:
    settings = DatabaseSettings(DATABASE_URL=blank_database)
    routes = credit_routes(ledger, read=Depends(caller), grant=Depends(admin))
    app = create_app(settings, title="Credits", version="1.0.0", routers=[routes])
    async with run(app, settings) as running, running.client() as client:
        yield client


async def test_the_balance_is_without_what_open_holds_set_aside(
    client: httpx2.AsyncClient, books: Books, hold: Any, account_id: UUID
) -> None:
    other = await books.account(funds=7)
    first = await hold(40)
    await hold(5)
    mine = (await client.get("/credits", headers={"user": str(account_id)})).json()
    assert mine == {"balance_micros": 55, "held_micros": 45}
    await books.do("release", account_id, first.id)
    mine = (await client.get("/credits", headers={"user": str(account_id)})).json()
    assert mine == {"balance_micros": 95, "held_micros": 5}
    theirs = (await client.get("/credits", headers={"user": str(other)})).json()
    assert theirs == {"balance_micros": 7, "held_micros": 0}


async def test_who_has_no_account_has_no_balance(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/credits", headers={"user": str(uuid4())})
    assert answer.status_code == 404, answer.text


async def test_entries_are_ones_own_the_newest_first_and_paged(
    client: httpx2.AsyncClient, books: Books, hold: Any, account_id: UUID
) -> None:
    await books.account(funds=7)
    await hold(40)
    mine = {"user": str(account_id)}
    page = (await client.get("/credits/entries?limit=1", headers=mine)).json()
    assert [entry["kind"] for entry in page["items"]] == ["hold"]
    cursor = page["next_cursor"]
    rest = (await client.get(f"/credits/entries?limit=1&cursor={cursor}", headers=mine)).json()
    assert [entry["amount_micros"] for entry in rest["items"]] == [100]
    assert rest["next_cursor"] is None


async def test_a_grant_is_made_once_for_a_key(
    client: httpx2.AsyncClient, books: Books, account_id: UUID
) -> None:
    body = {"amount_micros": 20, "key": "funds", "reference": "Invoice 17"}
    path = f"/users/{account_id}/credits"
    made = [await client.post(path, json=body, headers=ADMIN) for _ in range(2)]
    # The key is the ledger's first movement's, too, which is another namespace.
    assert [answer.status_code for answer in made] == [201, 201], made[0].text
    assert made[0].json() == made[1].json()
    assert await books.balance(account_id) == 120
    other = await client.post(path, json={**body, "amount_micros": 21}, headers=ADMIN)
    assert (other.status_code, await books.balance(account_id)) == (409, 120), other.text


async def test_a_grant_needs_its_own_guard_and_a_user(
    client: httpx2.AsyncClient, books: Books, account_id: UUID
) -> None:
    body = {"amount_micros": 20, "key": "k"}
    path = f"/users/{account_id}/credits"
    refused = await client.post(path, json=body, headers={"user": str(account_id)})
    nobody = await client.post(f"/users/{uuid4()}/credits", json=body, headers=ADMIN)
    assert (refused.status_code, nobody.status_code) == (403, 404)
    assert await books.balance(account_id) == 100
