"""Idempotent operations: however often a request comes, it is carried out once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI, File, Form
from fastapi.responses import StreamingResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from padstone.db import Database, SessionDep
from padstone.idempotency import Idempotent, IdempotentRoute
from padstone.problems import add_problem_handlers

from .conftest import Caller, Gate, Payment, Post, Record, make_app, once

Count = Callable[..., Any]


def told(answer: httpx2.Response) -> tuple[int, bytes, dict[str, str]]:
    """All that a replay must repeat."""
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"idempotency-replayed", "set-cookie"}
    }
    return answer.status_code, answer.content, headers


async def records(database: Database) -> int:
    async with database.read_session() as session:
        return await session.scalar(select(func.count()).select_from(Record)) or 0


async def test_a_repetition_is_answered_byte_by_byte_and_has_no_effect(
    post: Post, count: Count
) -> None:
    first = await post()
    again = await post()
    assert first.status_code == 201
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert told(again) == told(first)
    for name in ("content-type", "location", "etag"):
        assert again.headers[name] == first.headers[name]
    assert "set-cookie" in first.headers
    assert "set-cookie" not in again.headers  # a cookie is somebody's credential
    assert await count() == 1


async def test_without_a_key_every_request_counts(
    post: Post, count: Count, tables: Database
) -> None:
    assert (await post(key=None)).json()["id"] != (await post(key=None)).json()["id"]
    assert await count() == 2
    assert await records(tables) == 0


async def test_two_hundred_at_once_have_one_effect(post: Post, count: Count) -> None:
    """PROMISES 3."""
    answers = await asyncio.gather(*(post() for _ in range(200)))
    # On a slow machine some find no connection in time, and are told to come again.
    refused = [answer for answer in answers if answer.status_code in {409, 503}]
    given = [told(answer) for answer in answers if answer.status_code not in {409, 503}]
    assert {answer.json()["code"] for answer in refused} <= {"idempotency_in_flight", "unavailable"}
    given += [told(await post()) for _ in refused]
    assert len(given) == 200
    assert given[0][0] == 201
    assert all(answer == given[0] for answer in given)
    assert await count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"json": {"amount": 6}},
        {"params": {"x": "1"}},
        {"json": None, "content": b'{ "amount":5}', "type": "application/json"},
    ],
)
async def test_another_request_under_the_key_is_refused(
    post: Post, count: Count, change: dict[str, Any]
) -> None:
    first = await post()
    answer = await post(**change)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    (error,) = answer.json()["errors"]
    assert error["field"] == "header.Idempotency-Key"
    assert "send a new key" in error["message"]
    assert await count() == 1
    assert told(await post()) == told(first)


async def test_the_path_s_own_parameters_belong_to_the_request(post: Post) -> None:
    assert (await post("/answer/200")).status_code == 200
    assert (await post("/answer/201")).json()["code"] == "idempotency_key_reused"


async def test_a_request_that_is_still_running(post: Post, count: Count, gate: Gate) -> None:
    running = asyncio.create_task(post("/held"))
    await gate.entered.wait()
    meanwhile = await post("/held")
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "idempotency_in_flight")
    assert meanwhile.headers["retry-after"] == "1"
    gate.opened.set()
    first = await running
    assert told(await post("/held")) == told(first)
    assert await count() == 1


async def test_a_cancelled_request_leaves_its_key_free(
    post: Post, count: Count, gate: Gate
) -> None:
    running = asyncio.create_task(post("/held"))
    await gate.entered.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    gate.opened.set()
    assert (await post("/held")).status_code == 200
    assert await count() == 1


async def test_callers_and_operations_do_not_meet(post: Post, count: Count) -> None:
    ann = await post(caller="ann")
    bob = await post(caller="bob")
    assert ann.json()["id"] != bob.json()["id"]
    assert "idempotency-replayed" not in bob.headers
    assert (await post("/answer/200", caller="ann")).json() == {"status": 200}
    assert (await count("ann"), await count("bob")) == (2, 1)


async def test_what_was_rolled_back_is_not_stored(
    post: Post, count: Count, tables: Database
) -> None:
    for _ in range(2):
        answer = await post("/7/refuse")
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert "idempotency-replayed" not in answer.headers
    assert await count() == 0
    assert await records(tables) == 0


async def test_a_commit_that_fails_is_no_success_and_is_not_stored(
    post: Post, count: Count, tables: Database
) -> None:
    for _ in range(2):
        answer = await post("/uncommittable")
        assert answer.status_code == 409
        assert "idempotency-replayed" not in answer.headers
    assert await count() == 0
    assert await records(tables) == 0


@pytest.mark.parametrize(("status", "stored"), [(200, 1), (204, 1), (409, 1), (500, 0), (503, 0)])
async def test_every_answer_is_stored_but_a_server_s_error(
    post: Post, count: Count, tables: Database, status: int, stored: int
) -> None:
    first = await post(f"/answer/{status}")
    again = await post(f"/answer/{status}")
    assert (first.status_code, again.status_code) == (status, status)
    assert told(first) == told(again)
    assert ("idempotency-replayed" in again.headers) == bool(stored)
    assert await count() == 2 - stored
    assert await records(tables) == stored


async def test_an_expired_answer_is_replaced(post: Post, count: Count, tables: Database) -> None:
    first = await post()
    async with tables.session() as session:
        await session.execute(update(Record).values(expires_at=func.now() - timedelta(seconds=1)))
    other = await post(json={"amount": 6})
    assert other.status_code == 201
    assert other.json()["id"] != first.json()["id"]
    assert told(await post(json={"amount": 6})) == told(other)
    assert (await count(), await records(tables)) == (2, 1)


async def test_answers_are_kept_for_a_day(post: Post, tables: Database) -> None:
    await post()
    async with tables.read_session() as session:
        record = (await session.scalars(select(Record))).one()
    assert record.expires_at - record.created_at == timedelta(hours=24)
    assert (record.operation, record.key) == ("POST /api/v1/payments", "key-1")


async def test_an_invalid_or_unauthenticated_request_takes_no_key(
    post: Post, client: httpx2.AsyncClient, tables: Database
) -> None:
    assert (await post(json={"amount": "many"})).status_code == 422
    anonymous = await client.post(
        "/api/v1/payments", json={"amount": 5}, headers={"Idempotency-Key": "key-1"}
    )
    assert anonymous.status_code == 401
    assert await records(tables) == 0
    assert (await post()).status_code == 201


@pytest.mark.parametrize("key", ["a", "!~", "0193a1b2-c3d4", "k" * 255])
async def test_good_keys(post: Post, key: str) -> None:
    assert (await post(key=key)).status_code == 201


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=300))
async def test_a_key_is_usable_or_named(client: httpx2.AsyncClient, key: str) -> None:
    headers = [(b"x-caller", b"ann"), (b"idempotency-key", key.encode("latin-1"))]
    answer = await client.post("/api/v1/payments/answer/204", headers=headers)
    usable = 1 <= len(key) <= 255 and all(33 <= ord(character) <= 126 for character in key)
    if usable:
        assert answer.status_code == 204
    else:
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["field"] == "header.Idempotency-Key"
        assert "visible ASCII" in error["message"]


async def test_openapi_shows_the_header_and_the_errors() -> None:
    paths = make_app().openapi()["paths"]
    operation = paths["/api/v1/payments"]["post"]
    (header,) = operation["parameters"]
    assert (header["name"], header["in"], header["required"]) == (
        "Idempotency-Key",
        "header",
        False,
    )
    assert header["schema"]["anyOf"][0]["type"] == "string" or header["schema"]["type"] == "string"
    assert {"201", "409", "422"} <= set(operation["responses"])
    assert operation["operationId"] == "pay_api_v1_payments_post"
    other = paths["/api/v1/payments/count"]["get"]
    assert "409" not in other["responses"]


async def test_a_test_s_pinned_connection_replays_too(
    post: Post, count: Count, tables: Database
) -> None:
    async with tables.engine.connect() as connection:
        transaction = await connection.begin()
        async with tables.pinned(connection):
            first = await post()
            assert told(await post()) == told(first)
            assert await count() == 1
        await transaction.rollback()
    assert await count() == 0


ClientOf = Callable[[FastAPI], httpx2.AsyncClient]


def app_with(endpoint: Any, **options: Any) -> FastAPI:
    router = APIRouter(route_class=IdempotentRoute)
    router.post("/", **{"dependencies": [once], **options})(endpoint)
    app = FastAPI()
    add_problem_handlers(app)
    app.include_router(router)
    return app


async def test_an_operation_that_commits_by_itself_is_a_programmer_s_mistake(
    client_of: ClientOf, tables: Database
) -> None:
    async def commits(caller: Caller, session: SessionDep) -> None:
        session.add(Payment(payer=caller.subject, amount=1))
        await session.commit()

    async with client_of(app_with(commits)) as client:
        answer = await client.post("/", headers={"x-caller": "ann", "Idempotency-Key": "k"})
    assert answer.status_code == 500
    assert await records(tables) == 0


async def test_an_operation_that_streams_is_a_programmer_s_mistake(
    client_of: ClientOf, tables: Database
) -> None:
    async def streams(caller: Caller) -> StreamingResponse:
        return StreamingResponse(iter(["a"]))

    async with client_of(app_with(streams)) as client:
        answer = await client.post("/", headers={"x-caller": "ann", "Idempotency-Key": "k"})
    assert answer.status_code == 500
    assert await records(tables) == 0


async def test_an_operation_without_a_guard_is_a_programmer_s_mistake(client_of: ClientOf) -> None:
    async def unguarded(session: SessionDep) -> None: ...

    async with client_of(app_with(unguarded)) as client:
        assert (await client.post("/")).status_code == 500


async def test_a_router_without_the_route_class_is_a_programmer_s_mistake(
    client_of: ClientOf,
) -> None:
    app = FastAPI()

    @app.post("/", dependencies=[Idempotent(Record)])
    async def endpoint(caller: Caller) -> None: ...

    async with client_of(app) as client:
        assert (await client.post("/", headers={"x-caller": "ann"})).status_code == 500


def test_a_form_or_a_plain_function_is_refused_at_once() -> None:
    async def form(caller: Caller, name: Annotated[str, Form()]) -> None: ...

    async def upload(caller: Caller, file: Annotated[bytes, File()]) -> None: ...

    def plain(caller: Caller) -> None: ...

    for endpoint, words in ((form, "takes no form"), (upload, "takes no form"), (plain, "async")):
        with pytest.raises(TypeError, match=words):
            app_with(endpoint)


async def test_a_router_s_own_dependencies_and_a_route_without_router(
    client_of: ClientOf, tables: Database
) -> None:
    app = FastAPI()
    app.router.route_class = IdempotentRoute
    router = APIRouter(route_class=IdempotentRoute, dependencies=[once])

    async def endpoint(caller: Caller) -> int:
        return 7

    router.post("/all")(endpoint)
    app.post("/one", dependencies=[once])(endpoint)
    app.include_router(router)
    async with client_of(app) as client:
        for path in ("/all", "/one"):
            headers = {"x-caller": "ann", "Idempotency-Key": "k"}
            await client.post(path, headers=headers)
            again = await client.post(path, headers=headers)
            assert (again.json(), again.headers["idempotency-replayed"]) == (7, "true")
    async with tables.read_session() as session:
        operations = await session.scalars(select(Record.operation))
        assert sorted(operations) == ["POST /all", "POST /one"]


async def test_an_endpoint_can_be_called_as_a_plain_function() -> None:
    async def endpoint() -> int:
        return 7

    router = APIRouter(route_class=IdempotentRoute)
    router.post("/", dependencies=[once])(endpoint)
    assert await router.routes[0].endpoint() == 7  # type: ignore[attr-defined]
