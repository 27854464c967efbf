"""ASGI by hand and SQL by hand, without a framework and without any of our features.

Bodies are checked and answers are written by msgspec. ``pool`` and ``own`` differ in how they reach
PostgreSQL.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

import msgspec
from msgspec import UNSET

from databases import AsyncpgPool, OwnPool
from public_id import public_id
from statements import (
    ACCOUNT_OF_KEY,
    NEW_RESUME,
    PRODUCT,
    PRODUCTS,
    PRODUCTS_AFTER,
    RESUME,
    change_resume,
    cursor_of,
    read_cursor,
)
from structs import Category, NewResume, Page, Product, Resume, ResumeChange
from tokens import remembered_user_of

Answer = tuple[int, Any]

_encode = msgspec.json.Encoder().encode
_new_resume = msgspec.json.Decoder(NewResume).decode
_resume_change = msgspec.json.Decoder(ResumeChange).decode


def _product(row: Any) -> Product:
    category = None if row[6] is None else Category(row[6], row[7], row[8])
    return Product(*row[:6], category, *row[9:])


def _resume(row: Any) -> Resume:
    return Resume(*row[:13], msgspec.Raw(row[13]))


class Refused(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


class Raw:
    """The application."""

    def __init__(self, database: AsyncpgPool | OwnPool) -> None:
        self._database = database
        self._exact: dict[tuple[str, str], Callable[..., Awaitable[Answer]]] = {
            ("GET", "/health/live"): self._live,
            ("GET", "/api/v1/products"): self._products,
            ("POST", "/api/v1/resumes"): self._create_resume,
            ("POST", "/api/v1/auth/validate"): self._validate,
        }
        self._one: dict[tuple[str, str], Callable[..., Awaitable[Answer]]] = {
            ("GET", "/api/v1/products"): self._get_product,
            ("GET", "/api/v1/resumes"): self._get_resume,
            ("PATCH", "/api/v1/resumes"): self._update_resume,
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live_on(receive, send)
            return
        try:
            status, value = await self._answer(scope, receive)
            body = _encode(value)
        except Refused as refused:
            status, body = refused.status, b"{}"
        except msgspec.ValidationError as error:
            status, body = 422, _encode({"detail": str(error)})
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Any, receive: Any) -> Answer:
        method, path = scope["method"], scope["path"]
        handler = self._exact.get((method, path))
        if handler is not None:
            return await handler(scope, receive)
        folder, _, name = path.rpartition("/")
        handler = self._one.get((method, folder))
        if handler is None:
            raise Refused(404)
        try:
            key = UUID(name)
        except ValueError:
            raise Refused(404) from None
        return await handler(scope, receive, key)

    async def _live_on(self, receive: Any, send: Any) -> None:
        await receive()
        await self._database.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._database.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _live(self, _scope: Any, _receive: Any) -> Answer:
        return 200, {"status": "alive"}

    async def _get_product(self, _scope: Any, _receive: Any, key: UUID) -> Answer:
        return 200, _product(_only(await self._database.rows(PRODUCT, key)))

    async def _products(self, scope: Any, _receive: Any) -> Answer:
        asked = parse_qs(scope["query_string"].decode())
        try:
            limit = int(asked.get("limit", ["20"])[0])
            after = read_cursor(asked["cursor"][0]) if "cursor" in asked else ()
        except ValueError:
            raise Refused(422) from None
        if not 1 <= limit <= 100:
            raise Refused(422)
        found = await self._database.rows(PRODUCTS_AFTER if after else PRODUCTS, limit + 1, *after)
        items = [_product(row) for row in found[:limit]]
        more = len(found) > limit
        cursor = cursor_of(items[-1].created_at, items[-1].id) if more else None
        return 200, Page(items, cursor, limit)

    async def _get_resume(self, scope: Any, _receive: Any, key: UUID) -> Answer:
        return 200, _resume(_only(await self._database.rows(RESUME, key, _user(scope))))

    async def _create_resume(self, scope: Any, receive: Any) -> Answer:
        user = _user(scope)
        new = _new_resume(await _body(receive))
        profiles = _encode(new.profiles).decode()
        given = (new.title, new.full_name, new.label, new.summary, new.city, new.country_code)
        [row] = await self._database.rows(NEW_RESUME, uuid4(), user, *given, profiles)
        return 201, _resume(row)

    async def _update_resume(self, scope: Any, receive: Any, key: UUID) -> Answer:
        user = _user(scope)
        change = _resume_change(await _body(receive))
        given = {
            name: value
            for name in change.__struct_fields__
            if (value := getattr(change, name)) is not UNSET
        }
        if not given:
            return await self._get_resume(scope, receive, key)
        statement = change_resume(tuple(given))
        return 200, _resume(_only(await self._database.rows(statement, key, user, *given.values())))

    async def _validate(self, scope: Any, _receive: Any) -> Answer:
        digest = hashlib.sha256(_bearer(scope).encode()).digest()
        found = await self._database.rows(ACCOUNT_OF_KEY, digest)
        if not found:
            raise Refused(401)
        key, email, balance = found[0]
        return 200, {
            "account_id": public_id("acct", key),
            "email": email,
            "credits_balance_micros": balance,
        }


def _only(rows: list[Any]) -> Any:
    if not rows:
        raise Refused(404)
    return rows[0]


def _bearer(scope: Any) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization":
            return value.decode("latin-1").removeprefix("Bearer ")
    return ""


def _user(scope: Any) -> UUID:
    user = remembered_user_of(_bearer(scope))
    if user is None:
        raise Refused(401)
    return user


async def _body(receive: Any) -> bytes:
    message = await receive()
    body = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body


pool = Raw(AsyncpgPool())
own = Raw(OwnPool())
