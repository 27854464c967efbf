"""Every error that an operation can return stands in its OpenAPI entry."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from padstone.problems.response import MEDIA_TYPE, ErrorResponse

__all__ = ["add_problem_documentation", "document_problems", "problem_responses"]

_REF = "#/components/schemas/ErrorResponse"
_WORDS = {
    400: "The body cannot be read.",
    401: "No valid credentials.",
    402: "The balance does not cover it.",
    403: "The credentials do not permit it.",
    404: "There is no such resource.",
    409: "It conflicts with the present state.",
    412: "It has changed since it was read.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "Some values cannot be used.",
    429: "Too many requests.",
    500: "Something went wrong here.",
    503: "A service that this needs does not answer; try again.",
}
_METHODS = {"get", "put", "post", "delete", "patch", "options", "head"}


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's ``responses``: errors of its own, beyond those that are found by themselves."""
    return {status: {"description": _WORDS[status]} for status in statuses}


def add_problem_documentation(app: FastAPI) -> None:
    """Makes the OpenAPI document of an application of one's own name these errors.

    What ``create_app`` makes does so by itself.
    """
    described = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document_problems(described())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's documentation extends it


def document_problems(schema: dict[str, Any]) -> dict[str, Any]:
    """Completes an OpenAPI document in place with the errors that follow from each operation."""
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    own = ErrorResponse.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(own.pop("$defs", {}))
    schemas["ErrorResponse"] = own
    for path in schema.get("paths", {}).values():
        shared = path.get("parameters", [])
        for method, operation in path.items():
            if method in _METHODS:
                _document(operation, shared)
    return schema


def _document(operation: dict[str, Any], shared: list[dict[str, Any]]) -> None:
    responses = operation.setdefault("responses", {})
    found = set(_statuses(operation, shared))
    if _has_own_schema(responses.get("400", {})):
        # It speaks another language, in which a value that cannot be used is a bad request.
        found.discard(422)
        if not _has_own_schema(responses.get("422", {})):
            responses.pop("422", None)
    for status in found:
        responses.setdefault(str(status), {"description": _WORDS[status]})
    for status, response in responses.items():
        if status.isdigit() and int(status) in _WORDS and not _has_own_schema(response):
            response["description"] = _WORDS[int(status)]
            response["content"] = {MEDIA_TYPE: {"schema": {"$ref": _REF}}}
            if status in {"429", "503"}:
                response.setdefault("headers", {})["Retry-After"] = {
                    "description": "Seconds after which to try again.",
                    "schema": {"type": "integer"},
                }
    operation["responses"] = dict(sorted(responses.items()))


def _statuses(operation: dict[str, Any], shared: list[dict[str, Any]]) -> Iterator[int]:
    parameters = [*shared, *operation.get("parameters", [])]
    yield from (500, 503)
    if operation.get("security"):
        yield from (401, 403)
    if "requestBody" in operation:
        yield from (400, 413, 415)
    if parameters or "requestBody" in operation:
        yield 422
    if any(parameter.get("in") == "path" for parameter in parameters):
        yield 404


def _has_own_schema(response: dict[str, Any]) -> bool:
    # FastAPI's own entry for 422 names the schema that was just removed.
    content = response.get("content", {})
    return bool(content) and "HTTPValidationError" not in str(content)
