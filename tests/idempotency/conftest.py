"""A small application with idempotent operations, on a database of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any
from uuid import UUID, uuid5

import httpx2
import pytest
import pytest_asyncio
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.db import Database, SessionDep
from padstone.errors import AuthError, ConflictError
from padstone.idempotency import IdempotencyRecordColumns, Idempotent, IdempotentRoute
from padstone.models import Identified, TableBase, new_metadata
from padstone.principal import Principal
from padstone.problems import add_problem_handlers
from padstone.settings import DatabaseSettings

NAMESPACE = UUID(int=7)


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Record(Identified, IdempotencyRecordColumns, Base):
    __tablename__ = "records"


class Payment(Base, Identified):
    __tablename__ = "payments"
    payer: Mapped[UUID]
    amount: Mapped[int]
    note: Mapped[str | None] = mapped_column(default=None)


class PaymentCreate(BaseModel):
    amount: int


class PaymentRead(BaseModel):
    id: UUID
    amount: int


async def guard(request: Request) -> Principal:
    name = request.headers.get("x-caller")
    if name is None:
        raise AuthError
    subject = uuid5(NAMESPACE, name)
    request.state.principal = Principal(subject, subject, "test")
    return request.state.principal  # type: ignore[no-any-return]


Caller = Annotated[Principal, Depends(guard)]
once = Idempotent(Record)


class Gate:
    """Holds an operation open until the test lets it go on."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.opened = asyncio.Event()


def make_app() -> FastAPI:
    router = APIRouter(prefix="/payments", route_class=IdempotentRoute)

    @router.post("", status_code=201, dependencies=[once])
    async def pay(
        caller: Caller, body: PaymentCreate, session: SessionDep, response: Response
    ) -> PaymentRead:
        payment = Payment(payer=caller.subject, amount=body.amount)
        session.add(payment)
        await session.flush()
        response.headers["Location"] = f"/payments/{payment.id}"
        response.headers["ETag"] = 'W/"ü"'
        response.set_cookie("seen", "secret")
        return PaymentRead(id=payment.id, amount=payment.amount)

    @router.post("/held", dependencies=[once])
    async def held(caller: Caller, session: SessionDep, request: Request) -> None:
        session.add(Payment(payer=caller.subject, amount=1))
        await session.flush()
        gate: Gate = request.state.gate
        gate.entered.set()
        await gate.opened.wait()

    @router.post("/{number}/refuse", dependencies=[once])
    async def refuse(caller: Caller, session: SessionDep, number: int) -> None:
        session.add(Payment(payer=caller.subject, amount=number))
        await session.flush()
        raise ConflictError("no")

    @router.post("/answer/{status}", dependencies=[once])
    async def answer(caller: Caller, session: SessionDep, status: int) -> Response:
        session.add(Payment(payer=caller.subject, amount=status))
        if status == 204:
            return Response(status_code=204)
        return JSONResponse({"status": status}, status_code=status)

    @router.post("/uncommittable", dependencies=[once])
    async def uncommittable(caller: Caller, session: SessionDep) -> None:
        # The constraint is deferred: it is the commit that fails.
        session.add(Payment(payer=caller.subject, amount=1, note="twin"))
        session.add(Payment(payer=caller.subject, amount=1, note="twin"))
        await session.flush()

    @router.get("/count")
    async def count(caller: Caller, session: SessionDep) -> int:
        statement = select(func.count()).where(Payment.payer == caller.subject)
        return await session.scalar(statement) or 0

    api = APIRouter(prefix="/api")
    api.include_router(router, prefix="/v1")
    app = FastAPI()
    add_problem_handlers(app)
    app.include_router(api)
    return app


@pytest_asyncio.fixture
async def tables(blank_database: str) -> AsyncIterator[Database]:
    settings = DatabaseSettings(
        DATABASE_URL=blank_database,
        DATABASE_POOL_MIN_SIZE=0,
        DATABASE_POOL_SIZE=8,
        DATABASE_POOL_TIMEOUT_SECONDS=60,
    )
    database = Database(settings)
    await database.open()
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(
            text(
                "ALTER TABLE payments ADD CONSTRAINT once_noted UNIQUE (payer, note) "
                "DEFERRABLE INITIALLY DEFERRED"
            )
        )
    yield database
    await database.close()


@pytest.fixture
def gate() -> Gate:
    return Gate()


Post = Callable[..., Any]


@pytest.fixture
def client_of(tables: Database, gate: Gate) -> Callable[[FastAPI], httpx2.AsyncClient]:
    def client(app: FastAPI) -> httpx2.AsyncClient:
        async def started(scope: Any, receive: Any, send: Any) -> None:
            scope["state"] = {"database": tables, "gate": gate}
            await app(scope, receive, send)

        transport = httpx2.ASGITransport(app=started, raise_app_exceptions=False)
        return httpx2.AsyncClient(transport=transport, base_url="http://test", timeout=60)

    return client


@pytest_asyncio.fixture
async def client(
    client_of: Callable[[FastAPI], httpx2.AsyncClient],
) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(make_app()) as client:
        yield client


@pytest.fixture
def post(client: httpx2.AsyncClient) -> Post:
    """Sends a request as a caller, with a key unless it is ``None``."""

    async def send(
        path: str = "",
        *,
        key: str | None = "key-1",
        caller: str = "ann",
        type: str | None = None,  # noqa: A002
        **options: Any,
    ) -> httpx2.Response:
        headers = {"x-caller": caller, "Idempotency-Key": key, "Content-Type": type}
        headers = {name: value for name, value in headers.items() if value is not None}
        if not path:
            options = {"json": {"amount": 5}} | options
        return await client.post(f"/api/v1/payments{path}", headers=headers, **options)

    return send


@pytest.fixture
def count(client: httpx2.AsyncClient) -> Callable[..., Any]:
    """How many payments a caller has made."""

    async def ask(caller: str = "ann") -> int:
        answer = await client.get("/api/v1/payments/count", headers={"x-caller": caller})
        return int(answer.json())

    return ask
