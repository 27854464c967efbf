"""What a task is given is checked against its signature, on the way in and on the way out."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import AfterValidator, BaseModel, Field, SecretStr

from padstone.jobs import FinalError, JobContext, PayloadError
from padstone.jobs.payload import Payload


class Colour(StrEnum):
    RED = "red"


class Address(BaseModel):
    street: str


async def paint(
    context: JobContext,
    wall_id: UUID,
    colour: Colour,
    price: Decimal = Decimal(0),
    *,
    at: datetime | None = None,
    copy: Annotated[int, Field(ge=1)] = 1,
    where: Address | None = None,
) -> None:
    """Has every kind of parameter; one is named like a method of pydantic's models."""


GIVEN = {
    "wall_id": UUID(int=7),
    "colour": Colour.RED,
    "price": Decimal("1.50"),
    "at": datetime.fromisoformat("2026-11-21T10:00:00+00:00"),
    "copy": 3,
    "where": Address(street="High Street"),
}


def test_what_is_stored_comes_back_typed() -> None:
    payload = Payload(paint)
    assert payload.decode(payload.encode(GIVEN)) == GIVEN


def test_defaults_are_filled_in() -> None:
    payload = Payload(paint)
    decoded = payload.decode(payload.encode({"wall_id": UUID(int=7), "colour": "red"}))
    assert decoded == {
        **dict.fromkeys(("at", "where")),
        "wall_id": UUID(int=7),
        "colour": Colour.RED,
        "price": Decimal(0),
        "copy": 1,
    }


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"wall_id": UUID(int=7)}, "colour"),
        ({**GIVEN, "colour": "sk_live_secret"}, "colour"),
        ({**GIVEN, "copy": 0}, "copy"),
        ({**GIVEN, "size": "sk_live_secret"}, "size"),
        ({**GIVEN, "where": {"road": "sk_live_secret"}}, "where.street"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_without_its_value(
    values: dict[str, Any], field: str
) -> None:
    with pytest.raises(TypeError) as caught:
        Payload(paint).encode(values)
    assert f"{field}: " in str(caught.value)
    assert "paint" in str(caught.value)
    assert "sk_live" not in str(caught.value)


@pytest.mark.parametrize("stored", [b'{"wall_id": "x"}', b"not json", b"[]", b"null", None])
def test_what_fits_no_more_is_refused_too(stored: bytes | None) -> None:
    with pytest.raises(PayloadError) as caught:
        Payload(paint).decode(stored)
    assert isinstance(caught.value, FinalError)
    assert "paint" in caught.value.detail
    assert caught.value.errors


def test_a_task_without_parameters_takes_nothing() -> None:
    async def tick(context: JobContext) -> None: ...

    payload = Payload(tick)
    assert payload.decode(payload.encode({})) == {}
    assert payload.decode(None) == {}


def test_what_json_cannot_keep_is_no_payload() -> None:
    async def send(context: JobContext, password: SecretStr) -> None: ...

    with pytest.raises(TypeError, match="do not come back"):
        Payload(send).encode({"password": "hidden"})


def test_an_error_of_a_validator_is_said() -> None:
    def even(number: int) -> int:
        if number % 2:
            raise ValueError("must be even")
        return number

    async def halve(context: JobContext, number: Annotated[int, AfterValidator(even)]) -> None: ...

    with pytest.raises(TypeError, match="number: Value error, must be even"):
        Payload(halve).encode({"number": 3})


async def many(context: JobContext, *numbers: int) -> None: ...
async def named(context: JobContext, **numbers: int) -> None: ...
async def only(context: JobContext, number: int, /) -> None: ...
async def untyped(context: JobContext, number) -> None: ...  # type: ignore[no-untyped-def]  # noqa: ANN001
async def reserved(context: JobContext, session: int) -> None: ...
async def hidden(context: JobContext, _number: int) -> None: ...
async def nothing() -> None: ...
def blocking(context: JobContext) -> None: ...


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (many, "numbers must be a parameter with a name of its own"),
        (named, "numbers must be a parameter with a name of its own"),
        (only, "number must be a parameter with a name of its own"),
        (untyped, "number has no type"),
        (reserved, "session is not a name"),
        (hidden, "_number is not a name"),
        (nothing, "first parameter is its JobContext"),
        (blocking, "is an `async def`"),
    ],
)
def test_a_function_that_cannot_be_called_from_storage_is_no_task(
    function: Any, problem: str
) -> None:
    with pytest.raises(TypeError, match=problem):
        Payload(function)
