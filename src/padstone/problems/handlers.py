"""Every source of error, and the problem it becomes."""

import socket
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from padstone.db import name_of, translate
from padstone.errors import AuthError, FieldError, PadstoneError
from padstone.problems.response import ProblemResponse
from padstone.problems.status import code_of_status, status_of

__all__ = ["add_problem_handlers", "field_error", "internal_error", "problem_of"]

# Starlette's own words, where they differ from Python's.
_BARE = {"Content Too Large"}


def add_problem_handlers(app: FastAPI) -> None:
    """Makes ``app`` answer every error with a problem document."""
    app.add_exception_handler(PadstoneError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(SQLAlchemyError, _database)
    # What drivers raise before there is a connection. Other OSErrors are defects of ours.
    for network in (ConnectionError, TimeoutError, socket.gaierror):
        app.add_exception_handler(network, _database)
    app.add_exception_handler(Exception, _unexpected)


def problem_of(request: Request, error: PadstoneError) -> ProblemResponse:
    """``error`` as a response."""
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, AuthError) else None
    return ProblemResponse(
        request.scope,
        status=status_of(type(error)),
        code=error.code,
        detail=error.detail,
        errors=error.errors,
        headers=headers,
        retry_after=error.retry_after,
    )


def internal_error(request: Request) -> ProblemResponse:
    """A 500 that says nothing of the inside."""
    return ProblemResponse(
        request.scope,
        status=500,
        code="internal_error",
        detail="Something went wrong here. The request id finds it in our log.",
    )


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, PadstoneError)  # noqa: S101  # the registration says so
    return problem_of(request, error)


async def _database(request: Request, error: Exception) -> Response:
    known = translate(error)
    if known is None:
        raise error
    structlog.get_logger().warning("database refused", code=known.code, reason=name_of(error))
    return problem_of(request, known)


async def _unexpected(request: Request, _error: Exception) -> Response:
    # The middleware outside logs it, with its traceback.
    return internal_error(request)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # the registration says so
    status = error.status_code
    if status < HTTPStatus.BAD_REQUEST:
        return Response(status_code=status, headers=error.headers)
    detail = str(error.detail)
    if detail in _BARE or detail == HTTPStatus(status).phrase:
        detail = _detail_of(status, request, error.headers)
    return ProblemResponse(
        request.scope,
        status=status,
        code=code_of_status(status),
        detail=detail,
        headers=error.headers,
    )


def _detail_of(status: int, request: Request, headers: Mapping[str, str] | None) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return "Nothing answers at this path."
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (headers or {}).get("Allow") or "other methods"
        return f"This path does not answer to {request.method}, but to {allowed}."
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        limit = getattr(request.app, "max_body_size", None)
        return f"The body is larger than {limit} bytes, which is the most that is read."
    return f"{HTTPStatus(status).phrase}."


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # the registration says so
    found: Sequence[Any] = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return _not_json(request, found[0])
    if _is_other_media(request, found):
        return ProblemResponse(
            request.scope,
            status=415,
            code="unsupported_media_type",
            detail="The body must be JSON, sent with Content-Type: application/json.",
        )
    return ProblemResponse(
        request.scope,
        status=422,
        code="validation_failed",
        detail="Some fields have values that cannot be used.",
        errors=[field_error(item) for item in found],
    )


def _not_json(request: Request, item: Mapping[str, Any]) -> Response:
    position = item["loc"][-1]
    return ProblemResponse(
        request.scope,
        status=400,
        code="bad_request",
        detail=f"The body is not valid JSON; it goes wrong at character {position}.",
    )


def _is_other_media(request: Request, found: Sequence[Mapping[str, Any]]) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = media_type == "application/json" or media_type.endswith("+json")
    whole_body = any(
        tuple(item["loc"]) == ("body",) and item["type"] != "missing" for item in found
    )
    return whole_body and not is_json


def field_error(item: Mapping[str, Any]) -> FieldError:
    """One entry of what Pydantic found, without the input."""
    # Pydantic's own list holds the input, which may be a password; only these three are taken.
    message = str(item["msg"]).removeprefix("Value error, ")
    return FieldError(".".join(map(str, item["loc"])), message, str(item["type"]))
