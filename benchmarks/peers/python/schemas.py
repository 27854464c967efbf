"""What goes over the wire, as Pydantic models, for the peers that use them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from public_id import public_id

Name = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(max_length=50_000)]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
AccountId = Annotated[UUID, PlainSerializer(lambda value: public_id("acct", value))]


class Read(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Liveness(BaseModel):
    status: str = "alive"


class CategoryRead(Read):
    id: UUID
    slug: str
    name: str


class ProductRead(Read):
    id: UUID
    sku: str
    slug: str
    name: str
    brand: str
    description: str
    category: CategoryRead | None
    price_minor: int
    currency: str
    stock: int
    revision: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class ProductPage(BaseModel):
    items: list[ProductRead]
    next_cursor: str | None
    total: int | None = None
    limit: int
    offset: int | None = None


class Profile(Body):
    network: str | None = None
    username: str | None = None
    url: str | None = None


class ResumeCreate(Body):
    title: Name
    full_name: Name
    label: Name | None = None
    summary: Text | None = None
    city: Name | None = None
    country_code: Country | None = None
    profiles: list[Profile] = []


class ResumeUpdate(Body):
    title: Name = ""
    full_name: Name = ""
    label: Name | None = None
    summary: Text | None = None
    city: Name | None = None
    country_code: Country | None = None


class ResumeRead(Read):
    id: UUID
    created_at: datetime
    updated_at: datetime
    title: str
    full_name: str
    label: str | None
    email: str | None
    phone: str | None
    url: str | None
    summary: str | None
    city: str | None
    region: str | None
    country_code: str | None
    profiles: list[Profile]


class ValidatedAccount(BaseModel):
    account_id: AccountId
    email: str
    credits_balance_micros: int
