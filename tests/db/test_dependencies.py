"""A request has its transaction, and it is committed before the answer leaves."""

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI, WebSocket
from sqlalchemy import text
from starlette.requests import HTTPConnection

from padstone.db import Database, DatabaseDep, ReadSessionDep, SessionDep, database_of
from padstone.errors import UnavailableError

app = FastAPI()


@app.post("/things/{thing}")
async def create(thing: int, session: SessionDep) -> int:
    await session.execute(text("INSERT INTO things VALUES (:id)"), {"id": thing})
    if thing < 0:
        raise KeyError(thing)
    return thing


@app.get("/things")
async def list_them(session: ReadSessionDep) -> int:
    return await session.scalar(text("SELECT count(*) FROM things")) or 0


@app.get("/pool")
async def pool(database: DatabaseDep, session: ReadSessionDep) -> dict[str, int]:
    await session.execute(text("SELECT 1"))
    return database.pool_status()


@app.websocket("/socket")
async def socket(websocket: WebSocket, session: ReadSessionDep) -> None:
    await websocket.accept()
    await websocket.send_json(await session.scalar(text("SELECT 1")))
    await websocket.close()


class Answered:
    """The application, and what the database held when the answer began to leave."""

    def __init__(self, database: Database | None) -> None:
        self.database = database
        self.seen: list[int] = []

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        scope["state"] = {"database": self.database} if self.database else {}

        async def watch(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and self.database:
                async with self.database.read_session() as session:
                    self.seen.append(await session.scalar(text("SELECT count(*) FROM things")) or 0)
            await send(message)

        await app(scope, receive, watch)


@asynccontextmanager
async def client_of(answered: Answered) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=answered, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest_asyncio.fixture
async def answered(database: Database) -> Answered:
    async with database.session() as session:
        await session.execute(
            text("CREATE TABLE things (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        )
    return Answered(database)


async def test_the_commit_is_done_when_the_answer_leaves(answered: Answered) -> None:
    async with client_of(answered) as client:
        assert (await client.post("/things/1")).status_code == 200
        assert answered.seen == [1]
        assert (await client.get("/things")).json() == 1
    assert answered.database
    assert answered.database.pool_status()["in_use"] == 0


async def test_a_commit_that_fails_is_no_success(answered: Answered) -> None:
    async with client_of(answered) as client:
        assert (await client.post("/things/1")).status_code == 200
        assert (await client.post("/things/1")).status_code == 500
        assert (await client.get("/things")).json() == 1


async def test_an_error_undoes_the_request(answered: Answered) -> None:
    async with client_of(answered) as client:
        assert (await client.post("/things/-1")).status_code == 500
        assert (await client.get("/things")).json() == 0
    assert answered.database
    assert answered.database.pool_status()["in_use"] == 0


async def test_one_request_takes_one_connection(answered: Answered) -> None:
    async with client_of(answered) as client:
        assert (await client.get("/pool")).json()["in_use"] == 1


async def test_a_websocket_has_a_session_too(answered: Answered) -> None:
    sent: list[Any] = []
    incoming = [{"type": "websocket.connect"}]

    async def receive() -> Any:
        return incoming.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": "/socket",
        "headers": [],
        "query_string": b"",
        "subprotocols": [],
    }
    await answered(scope, receive, send)
    assert [message["type"] for message in sent] == [
        "websocket.accept",
        "websocket.send",
        "websocket.close",
    ]
    assert sent[1]["text"] == "1"


async def test_an_application_that_has_not_started_is_not_there_yet() -> None:
    with pytest.raises(UnavailableError, match="has not started"):
        database_of(HTTPConnection({"type": "http"}))
    async with client_of(Answered(None)) as client:
        assert (await client.get("/things")).status_code == 500
