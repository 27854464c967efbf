"""The one shape of every error body."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from starlette.types import Scope

from padstone.errors import FieldError

__all__ = ["MEDIA_TYPE", "ErrorItem", "ErrorResponse", "ProblemForm", "ProblemResponse"]

MEDIA_TYPE = "application/problem+json"


class ErrorItem(BaseModel):
    """One field's problem."""

    field: str = Field(description="Where the value stands.", examples=["body.email"])
    message: str = Field(
        description="What is wrong with it.", examples=["value is not a valid email address"]
    )
    code: str = Field(description="The kind of problem, for machines.", examples=["value_error"])


class ErrorResponse(BaseModel):
    """Every error of this API, as a problem document (RFC 9457)."""

    model_config = ConfigDict(title="ErrorResponse")

    type: str = Field(
        description="The kind of problem, as a URI.", examples=["urn:problem-type:not_found"]
    )
    title: str = Field(description="The kind of problem, in words.", examples=["Not found"])
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(
        description="What happened, for a person.", examples=["There is no such resource."]
    )
    instance: str = Field(description="The path that was asked.", examples=["/api/v1/things/1"])
    code: str = Field(description="The kind of problem, for machines.", examples=["not_found"])
    request_id: str | None = Field(
        description="The id of the request, also in the log and in X-Request-ID.",
        examples=["0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"],
    )
    errors: list[ErrorItem] = Field(description="Problems of single fields.", examples=[[]])


ProblemForm = Callable[[str, ErrorResponse], tuple[int, Mapping[str, Any]] | None]
"""Says an error in somebody else's form, for the paths that speak another language: its status and
its JSON. ``None`` where the problem document is what is answered there. An application has it as
its ``problem_form``.
"""


class ProblemResponse(Response):
    """A problem document as a response. It never repeats the input."""

    media_type = MEDIA_TYPE

    def __init__(
        self,
        scope: Scope,
        *,
        status: int,
        code: str,
        detail: str,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        retry_after: float | None = None,
    ) -> None:
        body: dict[str, Any] = {
            "type": f"urn:problem-type:{code}",
            "title": code.replace("_", " ").capitalize(),
            "status": status,
            "detail": detail,
            "instance": scope.get("path", ""),
            "code": code,
            "request_id": scope.get("state", {}).get("request_id"),
            "errors": [
                {"field": item.field, "message": item.message, "code": item.code} for item in errors
            ],
        }
        extra = dict(headers or {})
        if retry_after is not None:
            extra["Retry-After"] = str(max(1, math.ceil(retry_after)))
        if (other := _in_another_form(scope, body)) is not None:
            status, body = other
            extra["Content-Type"] = "application/json"
        super().__init__(_encode(body), status_code=status, headers=extra)


def _in_another_form(scope: Scope, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
    form: ProblemForm | None = getattr(scope.get("app"), "problem_form", None)
    if form is None:
        return None
    # Not validated: a path may hold half a character, and must have its answer all the same.
    items = [ErrorItem.model_construct(**item) for item in body["errors"]]
    problem = ErrorResponse.model_construct(**{**body, "errors": items})
    told = form(scope.get("path", ""), problem)
    return (told[0], dict(told[1])) if told else None


def _encode(body: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(body)
    except TypeError:
        # A lone surrogate, in the path or in a field's name, has no UTF-8 form.
        return orjson.dumps(_escaped(body))


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {key: _escaped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    return value
