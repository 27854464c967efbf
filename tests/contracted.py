"""A small system that keeps the contract, into which the contract's tests plant their faults."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Annotated, Any
from uuid import UUID

import uvicorn
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.app import Application
from padstone.auth import ApiKeyColumns, ApiKeys, Requires
from padstone.backing import Backing
from padstone.db import ReadSessionDep, SessionDep
from padstone.errors import NotFoundError
from padstone.models import (
    Identified,
    Revisioned,
    SoftDeleted,
    TableBase,
    Timestamped,
    new_metadata,
    unique_living,
)
from padstone.pages import CursorDep, CursorSignerDep, Page, paginate
from padstone.principal import Principal
from padstone.problems import problem_responses
from padstone.settings import DatabaseSettings
from padstone.testing.contract import World
from padstone.testing.servers import free_port

__all__ = [
    "Account",
    "ApiKey",
    "Base",
    "Part",
    "PartCreate",
    "Reader",
    "StartServers",
    "Thing",
    "ThingCreate",
    "ThingRead",
    "ThingsWorld",
    "Writer",
    "keys",
    "routes",
    "serving",
    "thing_of",
]


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Account(Identified, Timestamped, SoftDeleted, Base):
    __tablename__ = "accounts"

    email: Mapped[str]


class ApiKey(Identified, ApiKeyColumns, Timestamped, Base):
    __tablename__ = "api_keys"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))


class Thing(Identified, Timestamped, Revisioned, SoftDeleted, Base):
    __tablename__ = "things"
    __table_args__ = (unique_living("things", "account_id", "name"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]


class Part(Identified, Timestamped, Base):
    __tablename__ = "parts"

    thing_id: Mapped[UUID] = mapped_column(ForeignKey("things.id"))
    name: Mapped[str]


async def owner_for_email(session: AsyncSession, email: str) -> Account:
    account = Account(email=email)
    session.add(account)
    await session.flush()
    return account


keys = ApiKeys(
    model=ApiKey,
    owner=Account,
    owner_column="account_id",
    is_active=Account.email != "",
    scopes=["things:read", "things:write"],
    owner_for_email=owner_for_email,
)
Reader = Annotated[Principal, Requires("things:read")]
Writer = Annotated[Principal, Requires("things:write")]


class ThingCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, examples=["lamp"])


class PartCreate(ThingCreate):
    thing_id: UUID


class ThingRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str


async def thing_of(session: AsyncSession, principal: Principal, thing_id: UUID) -> Thing:
    owned = select(Thing).where(Thing.account_id == principal.subject, Thing.id == thing_id)
    found = await session.scalar(owned)
    if found is None:
        raise NotFoundError
    return found


routes = APIRouter(prefix="/things")


@routes.post("", status_code=201, responses=problem_responses(409), response_model=ThingRead)
async def create_thing(principal: Writer, body: ThingCreate, session: SessionDep) -> Thing:
    thing = Thing(account_id=principal.subject, name=body.name)
    session.add(thing)
    await session.flush()
    return thing


@routes.get("")
async def list_things(
    principal: Reader, session: ReadSessionDep, params: CursorDep, signer: CursorSignerDep
) -> Page[ThingRead]:
    rows, cursor = await paginate(
        session,
        select(Thing).where(Thing.account_id == principal.subject),
        order_by=[(Thing.id, "asc")],
        params=params,
        signer=signer,
        scope=("things", principal.subject),
    )
    return Page[ThingRead].by_cursor(rows, cursor, params)


@routes.get("/{thing_id}", response_model=ThingRead)
async def get_thing(principal: Reader, thing_id: UUID, session: ReadSessionDep) -> Thing:
    return await thing_of(session, principal, thing_id)


@routes.patch("/{thing_id}", response_model=ThingRead, responses=problem_responses(409))
async def rename_thing(
    principal: Writer, thing_id: UUID, body: ThingCreate, session: SessionDep
) -> Thing:
    thing = await thing_of(session, principal, thing_id)
    thing.name = body.name
    await session.flush()
    return thing


@routes.post("/{thing_id}/parts", status_code=201, response_model=ThingRead)
async def create_part(
    principal: Writer, thing_id: UUID, body: ThingCreate, session: SessionDep
) -> Part:
    thing = await thing_of(session, principal, thing_id)
    part = Part(thing_id=thing.id, name=body.name)
    session.add(part)
    await session.flush()
    return part


@routes.get("/{thing_id}/parts/{part_id}", response_model=ThingRead)
async def get_part(
    principal: Reader, thing_id: UUID, part_id: UUID, session: ReadSessionDep
) -> Part:
    thing = await thing_of(session, principal, thing_id)
    own = select(Part).where(Part.thing_id == thing.id, Part.id == part_id)
    part = await session.scalar(own)
    if part is None:
        raise NotFoundError
    return part


class ThingsWorld(World):
    models = "contracted"


StartServers = Callable[..., Awaitable[list[Any]]]


@asynccontextmanager
async def serving(app: Application, settings: DatabaseSettings) -> AsyncIterator[StartServers]:
    """Starts the application in this process, as ``server`` does in another."""
    running: list[tuple[uvicorn.Server, asyncio.Task[None]]] = []

    async def start(**environment: str) -> list[Any]:
        url = environment.get("DATABASE_URL", settings.DATABASE_URL)
        longest = float(environment.get("STREAM_MAX_SECONDS", settings.STREAM_MAX_SECONDS))
        changes = {"HEALTH_INTERVAL_SECONDS": 0.1, "STREAM_MAX_SECONDS": longest}
        own = settings.model_copy(update={"DATABASE_URL": url, **changes})
        app.settings, app.attach = own, lambda _: Backing(own)
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None))
        running.append((server, asyncio.create_task(server.serve())))
        while not server.started:
            await asyncio.sleep(0.01)
        return [SimpleNamespace(url=f"http://127.0.0.1:{port}")]

    yield start
    for server, task in running:
        server.should_exit = True
        await task
