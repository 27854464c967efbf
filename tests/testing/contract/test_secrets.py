"""Routes that repeat a secret: in the log, in the answer, in an error's message."""

import json
import sys
from typing import Any

import pytest
import structlog
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from contracted import Reader
from padstone.errors import BadRequestError
from padstone.testing.contract import secrets


class Login(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: str = Field(examples=["someone@example.com"])
    password: str = Field(examples=["a long enough one"])


class Safe(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(examples=["bank"])
    secret: SecretStr | None = None
    logins: list[Login] = Field(examples=[[{"email": "a@b.c", "password": "x"}]])


class Talkative(Login):
    @field_validator("password")
    @classmethod
    def repeat(cls, value: str) -> str:
        if value.startswith("Canary"):
            raise ValueError(f"{value} is too weak")
        return value


async def look(world: Any, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    await secrets.test_promise_36_no_secret_reaches_a_log_or_an_answer(
        world, world.operations[name], capfd
    )


async def test_a_system_that_keeps_secrets(
    make_world: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    router = APIRouter(prefix="/safes")
    seen: list[str] = []

    @router.post("", operation_id="fill_safe")
    async def fill_safe(_: Reader, body: Safe) -> str:
        structlog.get_logger().info("filled", name=body.name, password=body.logins[0].password)
        seen.append(body.logins[0].password)
        seen.append(body.secret.get_secret_value() if body.secret else "")
        return body.name

    async with make_world(router) as world:
        for name in world.operations:
            await look(world, name, capfd)
    assert any(text.startswith("Canary") for text in seen[::2]), "a field at some depth"
    assert any(text.startswith("Canary") for text in seen[1::2]), "a field that may be left out"


def body_in_the_log(request: Request, body: Any) -> str:
    # Not by the log, which redacts what is named like a secret.
    sys.stderr.write(json.dumps({"event": "called", "by": str(body)}) + "\n")
    return ""


def word_in_the_log(request: Request, body: Any) -> str:
    structlog.get_logger().info(f"{body.email} tried {body.password}")
    return ""


def headers_in_the_log(request: Request, body: Any) -> str:
    sys.stderr.write(f"{request.headers.get('x-api-key')}\n")
    return ""


def cookie_in_the_answer(request: Request, body: Any) -> str:
    return str(request.headers.get("cookie"))


def query_in_the_log(request: Request, body: Any) -> str:
    sys.stderr.write(f"{request.url.path} {request.url.query}\n")
    return ""


def answer(request: Request, body: Any) -> str:
    return str(body.password)


def error(request: Request, body: Any) -> str:
    raise BadRequestError(f"{body.password} is wrong")


@pytest.mark.parametrize(
    ("fault", "where"),
    [
        (body_in_the_log, "a field is in the log"),
        (word_in_the_log, "a field is in the log"),
        (headers_in_the_log, "a header or the query is in the log"),
        (query_in_the_log, "a header or the query is in the log"),
        (cookie_in_the_answer, "the credentials is answered"),
        (answer, "a field is answered"),
        (error, "a field is answered"),
    ],
)
async def test_a_route_that_repeats_a_secret(
    make_world: Any, capfd: pytest.CaptureFixture[str], fault: Any, where: str
) -> None:
    router = APIRouter(prefix="/faults")

    @router.post("", operation_id="try_it")
    async def try_it(request: Request, body: Login) -> str:
        return str(fault(request, body))

    async with make_world(router) as world:
        with pytest.raises(AssertionError, match=f"try_it: a secret in {where}"):
            await look(world, "try_it", capfd)


async def test_a_message_that_repeats_a_secret(
    make_world: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    router = APIRouter(prefix="/faults")

    @router.post("", operation_id="try_it")
    async def try_it(_: Reader, body: Talkative) -> str:
        return "fine"

    async with make_world(router) as world:
        with pytest.raises(AssertionError, match="a secret in a field is answered"):
            await look(world, "try_it", capfd)
