"""What goes over the wire, as msgspec's structs, for the peers that use them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=50_000)]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$")]


class Category(Struct):
    id: UUID
    slug: str
    name: str


class Product(Struct):
    id: UUID
    sku: str
    slug: str
    name: str
    brand: str
    description: str
    category: Category | None
    price_minor: int
    currency: str
    stock: int
    revision: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class Page(Struct):
    items: list[Product]
    next_cursor: str | None
    limit: int
    total: int | None = None
    offset: int | None = None


class Profile(Struct, forbid_unknown_fields=True):
    network: str | None = None
    username: str | None = None
    url: str | None = None


class NewResume(Struct, forbid_unknown_fields=True):
    title: Name
    full_name: Name
    label: Name | None = None
    summary: Text | None = None
    city: Name | None = None
    country_code: Country | None = None
    profiles: list[Profile] = []


class ResumeChange(Struct, forbid_unknown_fields=True, omit_defaults=True):
    title: Name | UnsetType = UNSET
    full_name: Name | UnsetType = UNSET
    label: Name | UnsetType | None = UNSET
    summary: Text | UnsetType | None = UNSET
    city: Name | UnsetType | None = UNSET
    country_code: Country | UnsetType | None = UNSET


class Resume(Struct):
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
    profiles: Any
