"""A secret under any name, in any shape, at any depth, is not written."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from padstone.log import redact

CANARY = "c4n4ry"

NAMES = [
    "password",
    "PASSWORD",
    "user_password",
    "passwd",
    "db_pwd",
    "passphrase",
    "SECRET_KEY",
    "client-secret",
    "token",
    "access_token",
    "X-Amz-Security-Token",
    "Authorization",
    "Proxy-Authorization",
    "Cookie",
    "Set-Cookie",
    "api_key",
    "X-API-Key",
    "apikey",
    "STORAGE_ACCESS_KEY",
    "private-key",
    "signing_key",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "session_id",
    "sessionid",
]

SHAPES = [
    f"sk_live_{CANARY}",
    f"key=sk_test_{CANARY}",
    f"x_sk_live_{CANARY}",
    f"Bearer {CANARY}",
    f"authorization: BEARER  {CANARY}",
    f"Authorization: Basic {CANARY}==",
    f"GET / HTTP/1.1\r\ncookie: a=b; sid={CANARY}\r\nHost: x",
    f"eyJhbGciOiJIUzI1NiJ9.{CANARY}.{CANARY}",
    f"token is eyJhbGciOiJIUzI1NiJ9.{CANARY}-_.sig, really",
    f"a rt_{'A' * 60}{CANARY} came again",
    f"https://shop.example/verify-email#token={CANARY}",
    f"postgresql+asyncpg://user:{CANARY}@db.example/shop",
    f"redis://:{CANARY}@cache.example",
    f"https://user:a@{CANARY}@b@host.example",
    f"https://user:a/{CANARY}@host.example",
    f"https://s3.example/x?X-Amz-Credential=a&X-Amz-Signature={CANARY}&x=1",
    f"/callback?state=1&access_token={CANARY}",
    f"login with password={CANARY}, then",
    f"login with password = '{CANARY}' then",
    f"password='my own {CANARY}' was used",
    f"{{'user': 'x', 'password': 'my own {CANARY}'}}",
    f'{{"user": "x", "password": "a\\"{CANARY}"}}',
    f'{{"password":"{CANARY}',
    f"password=b'{CANARY}'",
]


@dataclass
class Data:
    password: str
    hidden: str = field(default=CANARY, repr=False)


class Model(BaseModel):
    password: str


class Shade(Enum):
    DARK = f"Bearer {CANARY}"


class Speaking:
    def __str__(self) -> str:
        return f"<Speaking password={CANARY}>"


class Silent:
    def __str__(self) -> str:
        raise RuntimeError(CANARY)


OBJECTS = [
    Data(CANARY),
    Model(password=CANARY),
    SecretStr(CANARY),
    Shade.DARK,
    Speaking(),
    Silent(),
    ValueError(f"password={CANARY}"),
    f"Bearer {CANARY}".encode(),
    bytearray(b"Bearer " + CANARY.encode()),
    ("password", CANARY),
    [b"Authorization", CANARY.encode()],
    {b"authorization": CANARY},
    {f"sk_live_{CANARY}": 1},
    {("a", f"sk_live_{CANARY}"): 1},
]

harmless = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
named = st.builds(lambda name: {name: CANARY}, st.sampled_from(NAMES))
structured = st.builds(
    lambda name, shape: {name: [CANARY, {"deep": shape}]},
    st.sampled_from(NAMES),
    st.sampled_from(SHAPES),
)
planted = st.sampled_from(SHAPES) | st.sampled_from(OBJECTS) | named | structured


def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return (
        st.builds(lambda a, x, b: [a, x, b], harmless, inner, harmless)
        | st.builds(lambda x: (x,), inner)
        | st.builds(lambda x: {"value": x, "other": 1}, inner)
        | st.builds(lambda x: {1: x, None: x}, inner)
    )


@given(st.recursive(planted, around, max_leaves=20))
def test_a_canary_never_appears(value: Any) -> None:
    written = json.dumps(redact(value))
    assert CANARY not in written


@pytest.mark.parametrize("text", SHAPES)
def test_a_shape_loses_its_secret_and_little_else(text: str) -> None:
    shown = redact(text)
    assert CANARY not in shown
    assert "[redacted]" in shown


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_kept_and_its_value_is_not(name: str) -> None:
    assert redact({name: CANARY}) == {name: "[redacted]"}
    assert redact({name: 5, "other": CANARY}) == {name: 5, "other": CANARY}
    assert redact({name: None}) == {name: None}
    assert CANARY not in redact(f"{name}={CANARY}")
    assert CANARY not in redact(f'{{"{name}": "{CANARY}"}}')
    assert CANARY not in str(redact([(name, CANARY), (name.encode(), CANARY.encode())]))


@pytest.mark.parametrize("depth", [1, 9, 10, 11, 100, 5000])
def test_depth_is_no_hiding_place(depth: int) -> None:
    value: Any = {"password": CANARY}
    for _ in range(depth):
        value = [value]
    assert CANARY not in json.dumps(redact(value))


def test_a_value_that_holds_itself_ends() -> None:
    value: dict[str, Any] = {"a": 1}
    value["self"] = value
    assert "[redacted]" in json.dumps(redact(value))


@pytest.mark.parametrize(
    "text",
    [
        "request",
        "/api/v1/accounts/acct_01h455vb4pex5vsknk084sn02q",
        "api_key:0192f0a0-ac96-774b-bcce-b302099a8057",
        "https://app.example/path?page=2",
        "https://app.example:8443/",
        "postgresql://db.example:5432/shop",
        "the basic idea of a keyboard",
        "key=value",
        "no secrets here",
        "it's a token",
        "",
        "\u00e4\U0001f600",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_values_keep_their_kind() -> None:
    assert redact({"a": 1, "b": 1.5, "c": True, "d": None, "e": ["x"], "tokens": 512}) == {
        "a": 1,
        "b": 1.5,
        "c": True,
        "d": None,
        "e": ["x"],
        "tokens": 512,
    }
    assert redact(2**63 - 1) == 2**63 - 1
    assert redact(2**63) == str(2**63)
    assert redact(UUID(int=1)) == str(UUID(int=1))
    assert redact(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00+00:00"
    assert redact(Data("x")) == {"password": "[redacted]"}


@pytest.mark.parametrize(
    "hostile",
    [
        "://:",
        "://a:b",
        "eyJ-",
        " eyJ",
        "password=",
        'password="',
        "password ",
        "bearer ",
        "cookie ",
    ],
)
def test_no_text_takes_long(hostile: str) -> None:
    # Were the work to grow with the square of the length, this would take minutes.
    redact(hostile * 40_000)


@given(st.text(st.characters()))
def test_any_text_can_be_written(text: str) -> None:
    redact(text).encode()
    redact({text: text})[redact(text)].encode()
