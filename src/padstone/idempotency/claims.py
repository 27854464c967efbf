"""One request's claim on its key: taken, answered from the store, or stored with its answer."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from padstone.errors import ConflictError, FieldError, ValidationError
from padstone.idempotency.columns import IdempotencyRecordColumns

__all__ = ["Claim", "IdempotencyInFlightError", "IdempotencyKeyReusedError"]

REPLAYED = (b"idempotency-replayed", b"true")
_SERVER_ERROR = 500
# A cookie is a credential of the browser that got it.
_NOT_STORED = {b"set-cookie"}


class IdempotencyInFlightError(ConflictError):
    """Repeat the request after ``Retry-After``: it is then answered, or carried out anew."""

    code = "idempotency_in_flight"
    detail = "A request with this Idempotency-Key is still being carried out."

    def __init__(self) -> None:
        super().__init__(retry_after=1.0)


class IdempotencyKeyReusedError(ValidationError):
    code = "idempotency_key_reused"
    detail = "This Idempotency-Key belongs to another request."

    def __init__(self) -> None:
        message = "was sent with another path, query or body before; send a new key"
        super().__init__(errors=[FieldError("header.Idempotency-Key", message, self.code)])


@dataclass(frozen=True, slots=True)
class Claim:
    """What identifies a request, and the session of its transaction."""

    model: type[IdempotencyRecordColumns]
    session: AsyncSession
    lifetime: timedelta
    principal: str
    operation: str
    key: str
    request_hash: bytes

    async def take(self) -> Response | None:
        """The stored answer; ``None`` where there is none and the request is to be carried out.

        The claim is an advisory lock that PostgreSQL gives up with the transaction, however that
        ends. Raises ``IdempotencyInFlightError`` where another request holds it, and
        ``IdempotencyKeyReusedError`` where the stored answer is another request's.
        """
        lock = func.pg_try_advisory_xact_lock(self._lock_number())
        if not await self.session.scalar(select(lock)):
            raise IdempotencyInFlightError
        # A statement of its own: it sees what the last holder committed just before it let go.
        model = self.model
        found = await self.session.execute(
            select(model.request_hash, model.status, model.headers, model.body).where(
                model.principal == self.principal,
                model.operation == self.operation,
                model.key == self.key,
                model.expires_at > func.now(),
            )
        )
        stored = found.one_or_none()
        if stored is None:
            return None
        if stored.request_hash != self.request_hash:
            raise IdempotencyKeyReusedError
        return _replay(stored.status, stored.headers, stored.body)

    async def keep(self, response: Response) -> None:
        """Stores the answer, to be committed with what it tells of. A 5xx is not stored."""
        if response.status_code >= _SERVER_ERROR:
            return
        values = {
            "principal": self.principal,
            "operation": self.operation,
            "key": self.key,
            "request_hash": self.request_hash,
            "status": response.status_code,
            "headers": [
                [name.decode("latin-1"), value.decode("latin-1")]
                for name, value in response.raw_headers
                if name.lower() not in _NOT_STORED
            ],
            "body": _body(response),
            "created_at": func.now(),
            "expires_at": func.now() + self.lifetime,
        }
        new = insert(self.model).values(values)
        # Under our lock an answer that is there has expired. (Where a stricter isolation than READ
        # COMMITTED hid a living one, PostgreSQL refuses to overwrite it.)
        upsert = new.on_conflict_do_update(
            index_elements=["principal", "operation", "key"],
            set_={name: new.excluded[name] for name in values},
        )
        await self.session.execute(upsert)

    def _lock_number(self) -> int:
        parts = (self.model.__name__, self.principal, self.operation, self.key)
        digest = hashlib.sha256("\0".join(parts).encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)


def _replay(status: int, headers: list[list[str]], body: bytes) -> Response:
    response = Response(body, status)
    stored = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    response.raw_headers = [*stored, REPLAYED]
    return response


def _body(response: Response) -> bytes:
    body: Any = getattr(response, "body", None)
    if body is None:
        raise TypeError("An idempotent operation must not stream: its answer cannot be stored.")
    return bytes(body)
