"""The door before FastAPI: what the express lane can answer, it answers; all else goes on."""

from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.telemetry._api import _route_selected
from pydantic import ValidationError as SchemaError
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from padstone.auth import principal_of, principal_or_nobody, require_scopes
from padstone.db import Database, translate
from padstone.errors import PadstoneError, UnavailableError
from padstone.express.answers import Answer, Asked, Leave
from padstone.express.body import Body
from padstone.express.direct import CHOSEN
from padstone.express.lanes import Known, Plan
from padstone.express.matching import PathTable
from padstone.pages import CursorSigner
from padstone.resource import Declaration
from padstone.resource.parameters import is_name

__all__ = ["ExpressDoor"]

_log = structlog.get_logger("padstone.express")

Parameters = Mapping[str, str]

_JSON = (b"content-type", b"application/json")


class ExpressDoor:
    """Stands behind all middleware. ``table`` is there once the application has started, and
    ``most`` is how many bytes a body may have.

    Whatever FastAPI would refuse, and whatever takes more than one statement, is left to FastAPI,
    so that both lanes refuse in the same words.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        owner: FastAPI,
        table: Callable[[], PathTable[Known] | None],
        most: int,
    ) -> None:
        self.app = app
        self._most = most
        self._owner = owner
        self._table = table

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        table = self._table() if scope["type"] == "http" else None
        match = None if table is None else table.find(scope["method"], _path(scope))
        if match is None:
            await self.app(scope, receive, send)
            return
        known = match.value
        scope[CHOSEN] = known.context
        # Whoever replaces a dependency wants it called.
        if known.plan is None or self._owner.dependency_overrides:
            await self.app(scope, receive, send)
            return
        scope["route"] = known.context
        if "fastapi.telemetry" in scope:
            _route_selected(scope=scope, path=known.context.path)  # which names the span
        body = Body(receive, self._most)
        try:
            answer = await _answer(known.plan, match.parameters, scope, body)
        except Leave:
            await self.app(scope, body.again, send)
        except Exception as error:  # noqa: BLE001  # there is an answer to each of them
            await self._refuse(error, known.plan, scope, body, send)
        else:
            await _send(answer, send)

    async def _refuse(
        self, error: Exception, plan: Plan, scope: Scope, body: Body, send: Send
    ) -> None:
        known = error if isinstance(error, PadstoneError) else _unavailable(error)
        if known is None:
            if plan.work.writes:
                raise error  # whether the row is there nobody knows, so it is not made again
            # What the other lane makes of it is what counts; this must not be needed.
            _log.error("express lane failed", route=plan.context.name, exc_info=error)
            await self.app(scope, body.again, send)
            return
        made: Any = self._owner.exception_handlers[PadstoneError](Request(scope), known)
        response: Response = await made if isawaitable(made) else made
        await response(scope, body.again, send)


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path.removeprefix(root) if root else path


def _unavailable(error: Exception) -> PadstoneError | None:
    known = translate(error)
    if not isinstance(known, UnavailableError):
        return None
    _log.warning("database refused", code=known.code, reason=type(error).__name__)
    return known


async def _answer(plan: Plan, parameters: Parameters, scope: Scope, body: Body) -> Answer:
    prepared = await plan.work.prepare(scope, body)
    return await plan.work.answer(await _asked(plan, parameters, scope), scope, prepared)


async def _asked(plan: Plan, parameters: Parameters, scope: Scope) -> Asked:
    connection = HTTPConnection(scope)
    state = scope["state"]
    database, signer = state.get("database"), state.get("cursor_signer")
    if not isinstance(database, Database) or not isinstance(signer, CursorSigner):
        raise Leave
    for limit in plan.limits:
        await limit(connection)
    if plan.scopes is None:
        principal = await principal_or_nobody(connection)
    else:
        principal = await principal_of(connection)
        require_scopes(principal, plan.scopes)
    work = plan.work
    path = {
        one.id_parameter: _id(one, parameters[one.id_parameter], may_name=one is work.named)
        for one in work.ids
    }
    return Asked(database, signer, principal, path)


def _id(declared: Declaration, text: str, *, may_name: bool) -> Any:
    try:
        return declared.id_adapter.validate_python(text)
    except SchemaError:
        if may_name and is_name(declared, text):
            return text
        raise Leave from None


async def _send(answer: Answer, send: Send) -> None:
    body, headers = answer.body, answer.headers
    if body is not None:
        headers = [_JSON, (b"content-length", b"%d" % len(body)), *headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body or b""})
