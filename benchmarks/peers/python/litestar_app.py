"""Litestar with advanced-alchemy, as the documentation of both shows it.

The plug-in's session, services over repositories by dependency, msgspec for what goes over the
wire. It has none of our features.
"""

import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from advanced_alchemy.extensions.litestar import (
    AsyncSessionConfig,
    EngineConfig,
    SQLAlchemyAsyncConfig,
    SQLAlchemyPlugin,
    providers,
    repository,
    service,
)
from litestar import Controller, Litestar, Request, get, patch, post
from litestar.di import Provide
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.params import Parameter
from msgspec import UNSET
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from orm_models import Account, ApiKey, Product, Resume, User
from public_id import public_id
from statements import cursor_of, read_cursor
from structs import NewResume, Page, ResumeChange
from structs import Product as ProductRead
from structs import Resume as ResumeRead
from tokens import user_of


class ProductService(service.SQLAlchemyAsyncRepositoryService[Product]):
    class Repository(repository.SQLAlchemyAsyncRepository[Product]):
        model_type = Product

    repository_type = Repository


class ResumeService(service.SQLAlchemyAsyncRepositoryService[Resume]):
    class Repository(repository.SQLAlchemyAsyncRepository[Resume]):
        model_type = Resume

    repository_type = Repository


def _bearer(request: Request[Any, Any, Any]) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


async def provide_user(request: Request[Any, Any, Any], db_session: AsyncSession) -> User:
    user_id = user_of(_bearer(request))
    user = await db_session.get(User, user_id) if user_id else None
    if user is None or user.suspended_at or user.deleted_at:
        raise NotAuthorizedException
    return user


async def provide_account(request: Request[Any, Any, Any], db_session: AsyncSession) -> Account:
    key_hash = hashlib.sha256(_bearer(request).encode()).digest()
    result = await db_session.execute(
        select(ApiKey, Account)
        .join(Account, Account.id == ApiKey.account_id)
        .where(ApiKey.key_hash == key_hash)
    )
    found = result.one_or_none()
    if found is None:
        raise NotAuthorizedException
    key, account = found
    if key.revoked_at or (key.expires_at and key.expires_at <= datetime.now(UTC)):
        raise NotAuthorizedException
    if account.status != "active" or account.deleted_at:
        raise NotAuthorizedException
    return account


@get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "alive"}


class Products(Controller):
    path = "/api/v1/products"
    dependencies = providers.create_service_dependencies(
        ProductService, "products", load=[joinedload(Product.category)]
    )

    @get("/{product_id:uuid}")
    async def get_product(self, products: ProductService, product_id: UUID) -> ProductRead:
        found = await products.get_one_or_none(
            Product.id == product_id, Product.archived_at.is_(None)
        )
        if found is None:
            raise NotFoundException
        return products.to_schema(found, schema_type=ProductRead)

    @get()
    async def list_products(
        self,
        products: ProductService,
        cursor: str | None = None,
        limit: Annotated[int, Parameter(ge=1, le=100)] = 20,
    ) -> Page:
        order = (Product.created_at, Product.id)
        statement = select(Product).order_by(*(column.desc() for column in order)).limit(limit + 1)
        if cursor is not None:
            statement = statement.where(tuple_(*order) < read_cursor(cursor))
        found: Sequence[Product] = await products.get_many(
            Product.archived_at.is_(None), statement=statement
        )
        page = found[:limit]
        return Page(
            [products.to_schema(product, schema_type=ProductRead) for product in page],
            cursor_of(page[-1].created_at, page[-1].id) if len(found) > limit else None,
            limit,
        )


class Resumes(Controller):
    path = "/api/v1/resumes"
    dependencies = {  # noqa: RUF012
        **providers.create_service_dependencies(ResumeService, "resumes"),
        "user": Provide(provide_user),
    }

    @get("/{resume_id:uuid}")
    async def get_resume(self, resumes: ResumeService, user: User, resume_id: UUID) -> ResumeRead:
        found = await _own(resumes, user, resume_id)
        return resumes.to_schema(found, schema_type=ResumeRead)

    @post()
    async def create_resume(
        self, resumes: ResumeService, user: User, data: NewResume
    ) -> ResumeRead:
        made = await resumes.create(
            {
                **{name: getattr(data, name) for name in data.__struct_fields__},
                "profiles": [
                    {"network": one.network, "username": one.username, "url": one.url}
                    for one in data.profiles
                ],
                "user_id": user.id,
            },
            auto_commit=True,
        )
        return resumes.to_schema(made, schema_type=ResumeRead)

    @patch("/{resume_id:uuid}")
    async def update_resume(
        self, resumes: ResumeService, user: User, resume_id: UUID, data: ResumeChange
    ) -> ResumeRead:
        await _own(resumes, user, resume_id)
        given = {
            name: value
            for name in data.__struct_fields__
            if (value := getattr(data, name)) is not UNSET
        }
        changed = await resumes.update(given, resume_id, auto_commit=True)
        return resumes.to_schema(changed, schema_type=ResumeRead)


async def _own(resumes: ResumeService, user: User, resume_id: UUID) -> Resume:
    found = await resumes.get_one_or_none(
        Resume.id == resume_id, Resume.user_id == user.id, Resume.deleted_at.is_(None)
    )
    if found is None:
        raise NotFoundException
    return found


@post("/api/v1/auth/validate", status_code=200, dependencies={"account": Provide(provide_account)})
async def validate(account: Account) -> dict[str, Any]:
    return {
        "account_id": public_id("acct", account.id),
        "email": account.email,
        "credits_balance_micros": account.credits_balance_micros,
    }


alchemy = SQLAlchemyAsyncConfig(
    connection_string=os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:"),
    session_config=AsyncSessionConfig(expire_on_commit=False),
    engine_config=EngineConfig(pool_size=int(os.environ["POOL_SIZE"]), max_overflow=0),
)
app = Litestar([live, Products, Resumes, validate], plugins=[SQLAlchemyPlugin(config=alchemy)])
