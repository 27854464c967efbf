"""Several at once, with real commits."""

import asyncio
from collections import Counter

import pytest

from padstone.db import Database
from padstone.principal import Principal
from padstone.resource import Call
from padstone.testing.running import Running
from small_shop.callers import Caller
from small_shop.resources import products
from small_shop.schemas import ProductCreate

pytestmark = pytest.mark.committed

TEA = {"slug": "tea", "name": "Tea", "price_minor": 1}


async def test_of_those_who_saw_the_same_one_changes_it(ann: Caller) -> None:
    made = await ann.make("/products", **TEA)
    path = f"/products/{made['id']}"
    answers = await asyncio.gather(
        *(
            ann("PATCH", path, json={"name": str(number)}, headers={"If-Match": '"1"'})
            for number in range(20)
        )
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 19}
    assert (await ann("GET", path)).json()["revision"] == 2


async def test_changes_of_different_fields_are_all_kept(ann: Caller) -> None:
    made = await ann.make("/products", **TEA)
    path = f"/products/{made['id']}"
    changes = [{"name": "N"}, {"price_minor": 7}, {"description": "D"}, {"in_stock": False}]
    answers = await asyncio.gather(*(ann("PATCH", path, json=change) for change in changes))
    assert [answer.status_code for answer in answers] == [200] * 4
    now = (await ann("GET", path)).json()
    assert {**now, **changes[0], **changes[1], **changes[2], **changes[3]} == now
    assert now["revision"] == 5


async def test_a_rule_across_fields_is_not_broken_by_two(ann: Caller) -> None:
    for number in range(5):
        made = await ann.make("/folders", name=str(number))
        path = f"/folders/{made['id']}"
        await asyncio.gather(
            ann("PATCH", path, json={"starts_on": "2026-05-01"}),
            ann("PATCH", path, json={"ends_on": "2026-04-01"}),
        )
        now = (await ann("GET", path)).json()
        assert None in (now["starts_on"], now["ends_on"])


async def test_one_gets_what_is_unique(ann: Caller) -> None:
    answers = await asyncio.gather(*(ann("POST", "/products", json=TEA) for _ in range(10)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}


async def test_what_is_being_pointed_to_is_not_deleted_meanwhile(
    ann: Caller, running: Running
) -> None:
    tea = await ann.make("/categories", name="Tea")
    database: Database = running.state["database"]
    async with database.session() as session:
        call = Call(
            session=session,
            principal=Principal(ann.id, ann.id, "test"),
            settings=running.app.settings,
        )
        await products.create(call, ProductCreate.model_validate({**TEA, "category_id": tea["id"]}))
        # Whoever deletes it now waits, here until the time for that is over.
        answer = await ann("DELETE", f"/categories/{tea['id']}")
        assert answer.status_code == 503
    assert (await ann("DELETE", f"/categories/{tea['id']}")).status_code == 204


async def test_a_request_that_is_sent_five_times_is_carried_out_once(ann: Caller) -> None:
    headers = {"Idempotency-Key": "k"}
    answers = await asyncio.gather(
        *(ann("POST", "/products", json=TEA, headers=headers) for _ in range(5))
    )
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {201, 409}
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert len(await ann.list("/products")) == 1
