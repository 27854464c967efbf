"""Errors of the OpenAI-compatible routes, in the form that OpenAI's clients read.

They raise their typed errors by the status, and tell the cause by ``code``. A request that cannot
be used is 400 there, and 422 in the rest of this API.
"""

import re
from collections.abc import Mapping
from typing import Any

from app.schemas.chat import OpenAIError
from padstone.problems import ErrorResponse

__all__ = ["OPENAI_RESPONSES", "openai_error"]

_IS_OPENAI = re.compile(r"(?:/api)?/v1/(?:chat/completions|models(?:/.*)?)/?").fullmatch

_TYPES = {
    401: "invalid_request_error",
    402: "insufficient_quota",
    403: "permission_error",
    429: "rate_limit_error",
    500: "server_error",
    503: "server_error",
}
_CODES = {
    "unauthenticated": "invalid_api_key",
    "insufficient_credits": "insufficient_quota",
    "rate_limited": "rate_limit_exceeded",
    "too_large": "request_too_large",
    "validation_failed": None,
}
_WORDS = {
    400: "The request cannot be used.",
    401: "No valid credentials.",
    402: "The credits do not cover it.",
    403: "The plan or the credentials do not permit it.",
    404: "There is no such model, or no such conversation.",
    409: "The conversation is full.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "Too many requests.",
    500: "Something went wrong here.",
    503: "The model's provider, or something else that this needs, does not answer; try again.",
}

OPENAI_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "model": OpenAIError} for status, words in _WORDS.items()
}
"""For the routes' ``responses``."""


def openai_error(path: str, problem: ErrorResponse) -> tuple[int, Mapping[str, Any]] | None:
    """``problem`` in OpenAI's form with its status; ``None`` on all other paths."""
    if problem.status == 405 or not _IS_OPENAI(path):  # noqa: PLR2004  # a method of no operation
        return None
    status = 400 if problem.code == "validation_failed" else problem.status
    first = problem.errors[0] if problem.errors else None
    param = first.field.removeprefix("body.") if first else None
    message = f"{param}: {first.message}" if first else problem.detail
    error = {
        "message": message,
        "type": _TYPES.get(status, "invalid_request_error"),
        "param": "model" if problem.code.startswith("model_not") else param,
        "code": _CODES.get(problem.code, problem.code),
    }
    return status, {"error": error}
