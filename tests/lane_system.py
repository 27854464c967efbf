"""A resource with a column of every kind, and some with all that a lane must look at."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    field_serializer,
    field_validator,
)
from sqlalchemy import (
    ARRAY,
    REAL,
    DateTime,
    Enum,
    Float,
    ForeignKey,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    Select,
    SmallInteger,
    String,
    Text,
    Time,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from padstone.auth import ApiKeyColumns, ApiKeys
from padstone.models import (
    Identified,
    Revisioned,
    SoftDeleted,
    TableBase,
    Timestamped,
    new_metadata,
)
from padstone.resource import PUBLIC, Call, Guards, Operation, Own, Parent, Resource, stable
from padstone.schemas import Body, Patch, Read
from padstone.types import PublicId


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Account(Identified, Timestamped, SoftDeleted, Base):
    __tablename__ = "accounts"

    status: Mapped[str] = mapped_column(server_default="active")


class ApiKey(Identified, ApiKeyColumns, Timestamped, Base):
    __tablename__ = "api_keys"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))


SCOPES = frozenset({"things:read", "things:write", "hidden:read"})

api_keys = ApiKeys(
    model=ApiKey,
    owner=Account,
    owner_column="account_id",
    is_active=Account.status == "active",
    scopes=SCOPES,
)


class Colour(StrEnum):
    RED = "red"
    DARK_BLUE = "dark blue"


class Size(IntEnum):
    SMALL = 1
    LARGE = 20


class Group(Identified, Timestamped, SoftDeleted, Base):
    __tablename__ = "groups"

    name: Mapped[str]


class Thing(Identified, Timestamped, Revisioned, SoftDeleted, Base):
    __tablename__ = "things"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups.id"))
    name: Mapped[str]
    code: Mapped[str | None] = mapped_column(String(20))
    small: Mapped[int | None] = mapped_column(SmallInteger)
    number: Mapped[int | None] = mapped_column(Integer)
    large: Mapped[int | None]
    flag: Mapped[bool | None]
    price: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    amount: Mapped[Decimal | None] = mapped_column(Numeric)
    ratio: Mapped[float | None] = mapped_column(Float)
    short: Mapped[float | None] = mapped_column(REAL)
    day: Mapped[date | None]
    moment: Mapped[datetime | None]
    local: Mapped[datetime | None] = mapped_column(DateTime(timezone=False))
    clock: Mapped[time | None] = mapped_column(Time)
    span: Mapped[timedelta | None] = mapped_column(Interval)
    colour: Mapped[Colour | None] = mapped_column(Enum(Colour, name="colour"))
    shade: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int | None] = mapped_column(Integer)
    words: Mapped[list[str] | None]
    numbers: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    extra: Mapped[dict[str, Any] | None]
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    reference: Mapped[UUID | None]
    rank: Mapped[int] = mapped_column(default=7)
    group: Mapped[Group | None] = relationship(lazy="raise")
    parts: Mapped[list["Part"]] = relationship(back_populates="thing", lazy="raise")


class Part(Identified, Timestamped, Base):
    __tablename__ = "parts"

    thing_id: Mapped[UUID] = mapped_column(ForeignKey("things.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    thing: Mapped[Thing] = relationship(back_populates="parts", lazy="raise")


class ThingFields(Body):
    name: str
    code: Annotated[str, Field(max_length=20)] | None = None
    small: Annotated[int, Field(ge=-(2**15), lt=2**15)] | None = None
    number: Annotated[int, Field(ge=-(2**31), lt=2**31)] | None = None
    large: int | None = None
    flag: bool | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    ratio: float | None = None
    short: float | None = None
    day: date | None = None
    moment: datetime | None = None
    colour: Colour | None = None
    shade: Literal["light", "deep"] | None = None
    size: Size | None = None
    words: list[str] | None = None
    numbers: list[int] | None = None
    extra: dict[str, Any] | None = None
    reference: UUID | None = None


class ThingCreate(ThingFields):
    """A thing to be made."""


class ThingUpdate(Patch, ThingFields):
    """What is to change of a thing."""


class ThingRead(Read):
    """What the fast encoder may write."""

    id: UUID
    name: str
    code: str | None
    small: int | None
    number: int | None
    large: int | None
    flag: bool | None
    price: Decimal | None
    amount: Decimal | None
    day: date | None
    moment: datetime | None
    colour: Colour | None
    shade: Literal["light", "deep"] | None
    words: list[str] | None
    reference: UUID | None
    rank: int
    revision: int
    created: datetime = Field(validation_alias="created_at", serialization_alias="madeAt")


class AccountRead(Read):
    """An account."""

    id: Annotated[UUID, PublicId("acct")]
    status: str
    created_at: datetime


class GroupRead(Read):
    """A group."""

    id: UUID
    name: str


class WholeRead(ThingRead):
    """What only the schema can write."""

    public: Annotated[UUID, PublicId("thing")] = Field(validation_alias="id")
    ratio: float | None
    short: float | None
    local: datetime | None
    clock: time | None
    span: timedelta | None
    size: Size | None
    numbers: list[int] | None
    extra: dict[str, Any] | None
    raw: bytes | None
    group: GroupRead | None


class GroupedRead(Read):
    """A thing with its group."""

    id: UUID
    group: GroupRead | None
    name: str


class ShoutedRead(Read):
    """A name in capital letters."""

    id: UUID
    name: str

    @field_validator("name")
    @classmethod
    def _loud(cls, value: str) -> str:
        return value.upper()


class QuietRead(Read):
    """A name in small letters."""

    id: UUID
    name: str

    @field_serializer("name")
    def _quiet(self, value: str) -> str:
        return value.lower()


class FullRead(Read):
    """What says of a column that may be empty that it never is."""

    id: UUID
    code: str


class PublicRead(Read):
    """A thing whose ids have the form that people see."""

    id: Annotated[UUID, PublicId("thing")]
    reference: Annotated[UUID, PublicId("ref")] | None
    other: Annotated[UUID, PublicId("other")] = Field(validation_alias="user_id")
    name: str


class TrimmedRead(Read):
    """A name without spaces at its ends."""

    id: UUID
    name: Annotated[str, StringConstraints(strip_whitespace=True)]


class DiscreetRead(Read):
    """A name that is read and not shown."""

    id: UUID
    name: str = Field(exclude=True)
    code: str | None = Field(exclude_if=lambda value: value is None)


class Word(BaseModel):
    """A word as it is written outside."""

    model_config = ConfigDict(from_attributes=True)

    spelling: str = Field(serialization_alias="spelledAs")


class SpelledRead(Read):
    """Fields that Pydantic writes, among others that need nobody."""

    id: UUID
    name: Annotated[str, PlainSerializer(lambda value: {"ä": value})]
    moment: datetime | None
    words: Annotated[
        list[Annotated[Word, BeforeValidator(lambda word: {"spelling": word})]] | None,
        AfterValidator(lambda words: words and words[::-1]),
    ]
    other: Annotated[UUID, PublicId("other"), BeforeValidator(lambda value: value)] = Field(
        validation_alias="user_id"
    )


class PartCreate(Body):
    """A part to be made."""

    name: str


class PartRead(Read):
    """A part."""

    model_config = ConfigDict(title="A part")

    id: UUID
    name: str


class ThingWithParts(Read):
    """A thing with its parts."""

    id: UUID
    parts: list[PartRead]


class Plain(BaseModel):
    """A schema that is none of the house's."""

    model_config = ConfigDict(from_attributes=True, str_to_upper=True)

    id: UUID
    name: str


OWN = Guards(read=["things:read"], write=["things:write"])
FILTERS = {
    "name": ["eq", "ne", "in", "contains"],
    "small": ["gt", "lt", "isnull"],
    "price": ["gte", "lte", "in"],
    "moment": ["gte", "isnull"],
    "colour": ["eq", "in"],
    "reference": ["eq"],
    "flag": ["eq"],
}
SORTS = ["name", "small", "price", "moment", "colour", "day", "created_at"]


def resource(read: type[BaseModel], plural: str, kind: type[Resource[Thing]] = Resource) -> Any:
    """Things under another name, as another schema shows them."""
    return kind(
        Thing,
        create=ThingCreate,
        update=ThingUpdate,
        read=read,
        name=plural.removesuffix("s"),
        plural=plural,
        owner="user_id",
        guards=OWN,
        filters=FILTERS,
        sorts=SORTS,
    )


class Hidden(Resource[Thing]):
    """Deleted things too, for whoever may see them."""

    @stable
    def visible(self, statement: Select[Thing], call: Call) -> Select[Thing]:
        if call.principal is not None and "hidden:read" in call.principal.scopes:
            return statement.execution_options(include_deleted=True)
        return statement.where(Thing.user_id == call.subject)


class Unstable(Resource[Thing]):
    def visible(self, statement: Select[Thing], call: Call) -> Select[Thing]:
        return statement.where(Thing.created_at <= datetime.now().astimezone())


class Wild(Resource[Thing]):
    @stable
    def visible(self, statement: Select[Thing], call: Call) -> Select[Thing]:
        assert call.settings is not None  # which is out of its reach
        return statement


class Hooked(Resource[Thing]):
    async def after_create(self, call: Call, row: Thing) -> None:
        """Nothing, and yet a hook."""


things = resource(ThingRead, "things")
parts = Resource(
    Part, create=PartCreate, read=PartRead, parent=Parent(things, "thing_id"), guards=OWN
)
account = Own(Account, read=AccountRead, path="/me", name="me", summary="Whoever is calling")
groups = Resource(
    Group,
    read=GroupRead,
    get_by="name",
    guards=Guards(read=PUBLIC),
    sorts=["name"],
    operations={Operation.LIST, Operation.GET},
)

RESOURCES: list[Resource[Any]] = [
    things,
    parts,
    groups,
    resource(WholeRead, "wholes"),
    resource(GroupedRead, "groupeds"),
    resource(ShoutedRead, "shouteds"),
    resource(QuietRead, "quiets"),
    resource(PublicRead, "publics"),
    resource(FullRead, "fulls"),
    resource(TrimmedRead, "trimmeds"),
    resource(DiscreetRead, "discreets"),
    resource(SpelledRead, "spelleds"),
    resource(Plain, "plains"),
    resource(ThingWithParts, "manies"),
    resource(ThingRead, "hiddens", Hidden),
    resource(ThingRead, "unstables", Unstable),
    resource(ThingRead, "hookeds", Hooked),
    resource(ThingRead, "wilds", Wild),
]
