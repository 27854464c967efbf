"""FastAPI with an ORM session per request, as the documentation of both shows it.

``AsyncSession`` by dependency, ``pool_pre_ping``, the caller looked up in PostgreSQL at every
request. It has no request id, no log, no metrics and no security headers. The pool is as large as
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
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import joinedload

from orm_models import Account, ApiKey, Product, Resume, User
from schemas import (
    Liveness,
    ProductPage,
    ProductRead,
    ResumeCreate,
    ResumeRead,
    ResumeUpdate,
    ValidatedAccount,
)
from statements import cursor_of, read_cursor
from tokens import user_of

engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:"),
    pool_pre_ping=True,
    pool_size=int(os.environ["POOL_SIZE"]),
    max_overflow=0,
)
new_session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with new_session() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]
Credentials = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


async def get_user(session: Session, credentials: Credentials) -> User:
    user_id = user_of(credentials.credentials)
    user = await session.get(User, user_id) if user_id else None
    if user is None or user.suspended_at or user.deleted_at:
        raise HTTPException(401, "Could not validate credentials")
    return user


async def get_account(session: Session, credentials: Credentials) -> Account:
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


Caller = Annotated[User, Depends(get_user)]


@app.get("/health/live")
async def live() -> Liveness:
    return Liveness()


@app.get("/api/v1/products/{product_id}", response_model=ProductRead)
async def get_product(product_id: UUID, session: Session) -> Product:
    product = await session.scalar(
        select(Product)
        .options(joinedload(Product.category))
        .where(Product.id == product_id, Product.archived_at.is_(None))
    )
    if product is None:
        raise HTTPException(404, "No such product")
    return product


@app.get("/api/v1/products")
async def list_products(
    session: Session,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> ProductPage:
    order = (Product.created_at, Product.id)
    statement = select(Product).options(joinedload(Product.category))
    statement = statement.where(Product.archived_at.is_(None))
    if cursor is not None:
        try:
            statement = statement.where(tuple_(*order) < read_cursor(cursor))
        except ValueError:
            raise HTTPException(422, "Not a cursor") from None
    statement = statement.order_by(*(column.desc() for column in order)).limit(limit + 1)
    found = (await session.scalars(statement)).all()
    page = found[:limit]
    return ProductPage(
        items=[ProductRead.model_validate(product) for product in page],
        next_cursor=cursor_of(page[-1].created_at, page[-1].id) if len(found) > limit else None,
        limit=limit,
    )


async def own_resume(resume_id: UUID, session: Session, user: Caller) -> Resume:
    resume = await session.scalar(
        select(Resume).where(
            Resume.id == resume_id, Resume.user_id == user.id, Resume.deleted_at.is_(None)
        )
    )
    if resume is None:
        raise HTTPException(404, "No such résumé")
    return resume


OwnResume = Annotated[Resume, Depends(own_resume)]


@app.get("/api/v1/resumes/{resume_id}", response_model=ResumeRead)
async def get_resume(resume: OwnResume) -> Resume:
    return resume


@app.post("/api/v1/resumes", response_model=ResumeRead, status_code=201)
async def create_resume(body: ResumeCreate, session: Session, user: Caller) -> Resume:
    resume = Resume(**body.model_dump(), user_id=user.id)
    session.add(resume)
    await session.commit()
    return resume


@app.patch("/api/v1/resumes/{resume_id}", response_model=ResumeRead)
async def update_resume(body: ResumeUpdate, resume: OwnResume, session: Session) -> Resume:
    for name, value in body.model_dump(exclude_unset=True).items():
        setattr(resume, name, value)
    await session.commit()
    return resume


@app.post("/api/v1/auth/validate")
async def validate(account: Annotated[Account, Depends(get_account)]) -> ValidatedAccount:
    return ValidatedAccount(
        account_id=account.id,
        email=account.email,
        credits_balance_micros=account.credits_balance_micros,
    )
