"""FastAPI with an ORM session per request, as the documentation of both shows it.

It reads the tables that ours has written and gives the same answers. It has no request id, no log,
no metrics, no security headers, and it looks every key up in PostgreSQL. The pool is as large as
ours, since the default of 5 and 10 more would open and close connections all the time.
"""

import hashlib
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, PlainSerializer
from sqlalchemy import DateTime, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.ids import encode_public_id

engine = create_async_engine(
    os.environ["DATABASE_URL"], pool_pre_ping=True, pool_size=20, max_overflow=0
)
new_session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    status: Mapped[str]
    credits_balance_micros: Mapped[int]
    deleted_at: Mapped[datetime | None]


class ApiKey(Base):
    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    key_hash: Mapped[bytes]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class CreditEntry(Base):
    __tablename__ = "credit_entries"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    sequence: Mapped[int]
    kind: Mapped[str]
    amount_micros: Mapped[int]
    delta_micros: Mapped[int]
    balance_after_micros: Mapped[int]
    key: Mapped[str]
    hold_id: Mapped[UUID | None]
    reference: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


# The one thing taken from ours, so that the ids look the same and cost the same.
AccountId = Annotated[UUID, PlainSerializer(lambda value: encode_public_id("acct", value))]
EntryId = Annotated[UUID, PlainSerializer(lambda value: encode_public_id("entry", value))]
HoldId = Annotated[UUID, PlainSerializer(lambda value: encode_public_id("hold", value))]


class Liveness(BaseModel):
    status: str = "alive"


class ValidatedAccount(BaseModel):
    account_id: AccountId
    email: str
    credits_balance_micros: int


class EntryRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: EntryId
    kind: str
    amount_micros: int
    delta_micros: int
    balance_after_micros: int
    key: str
    hold_id: HoldId | None
    reference: str | None
    expires_at: datetime | None
    created_at: datetime


class EntryPage(BaseModel):
    items: list[EntryRead]
    next_cursor: str | None
    total: int | None
    limit: int
    offset: int | None


async def get_session() -> AsyncIterator[AsyncSession]:
    async with new_session() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


async def get_account(
    session: Session,
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
) -> Account:
    key_hash = hashlib.sha256(credentials.credentials.encode()).digest()
    result = await session.execute(
        select(ApiKey, Account)
        .join(Account, Account.id == ApiKey.account_id)
        .where(ApiKey.key_hash == key_hash)
    )
    found = result.one_or_none()
    if found is None:
        raise HTTPException(401, "Unknown key")
    key, account = found
    if key.revoked_at or (key.expires_at and key.expires_at <= datetime.now(UTC)):
        raise HTTPException(401, "Key is not valid any more")
    if account.status != "active" or account.deleted_at:
        raise HTTPException(401, "Account is not active")
    return account


Caller = Annotated[Account, Depends(get_account)]


@app.get("/health/live")
async def live() -> Liveness:
    return Liveness()


@app.post("/api/v1/auth/validate")
async def validate(account: Caller) -> ValidatedAccount:
    return ValidatedAccount(
        account_id=account.id,
        email=account.email,
        credits_balance_micros=account.credits_balance_micros,
    )


@app.get("/api/v1/credits/entries")
async def list_entries(
    account: Caller,
    session: Session,
    cursor: int | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> EntryPage:
    statement = select(CreditEntry).where(CreditEntry.account_id == account.id)
    if cursor is not None:
        statement = statement.where(CreditEntry.sequence < cursor)
    statement = statement.order_by(CreditEntry.sequence.desc()).limit(limit + 1)
    found = (await session.scalars(statement)).all()
    page = found[:limit]
    return EntryPage(
        items=[EntryRead.model_validate(entry) for entry in page],
        next_cursor=str(page[-1].sequence) if len(found) > limit else None,
        total=None,
        limit=limit,
        offset=None,
    )
