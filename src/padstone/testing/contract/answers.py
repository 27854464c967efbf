"""What holds for every answer, whatever was asked: checked on each that a contract test gets."""

import re
from typing import Any

import httpx2

from padstone.middleware import SECURITY_HEADERS
from padstone.problems import ErrorResponse
from padstone.testing.contract.document import Operation

__all__ = ["PROBLEM", "check_answer", "check_headers", "check_problem", "without_ids"]

PROBLEM = "application/problem+json"


def check_answer(operation: Operation, answer: httpx2.Response) -> None:
    """It has its headers, its document names its status and its kind, and errors their shape."""
    check_headers(answer)
    status = str(answer.status_code)
    assert status in operation.responses, (
        f"{operation} answered {status}, which its OpenAPI entry does not name: {answer.text[:500]}"
    )
    described = operation.responses[status].get("content", {})
    if answer.content or described:
        kind = media_type(answer)
        assert kind in described or not described, (
            f"{operation} answered {status} with {kind}; its OpenAPI entry names {[*described]}"
        )
    if answer.status_code >= 400 and PROBLEM in described:
        check_problem(answer)


def check_headers(answer: httpx2.Response) -> None:
    """C7: the request's id, how long it took, and the security headers, once each."""
    where = f"{answer.request.method} {answer.request.url.path}"
    assert re.fullmatch(r"[A-Za-z0-9._\-]{8,128}", answer.headers.get("x-request-id", "")), where
    assert re.match(r"app;dur=[0-9.]+", answer.headers.get("server-timing", "")), where
    for name in SECURITY_HEADERS:
        assert len(answer.headers.get_list(name)) == 1, f"{where} has no {name}, or two"


def check_problem(answer: httpx2.Response, status: int | None = None) -> dict[str, Any]:
    """C6: the one shape of errors; its body."""
    where = f"{answer.request.method} {answer.request.url.path}: {answer.text[:500]}"
    if status is not None:
        assert answer.status_code == status, f"expected {status} of {where}"
    assert media_type(answer) == PROBLEM, where
    body: dict[str, Any] = answer.json()
    assert set(body) == set(ErrorResponse.model_fields), where
    ErrorResponse.model_validate(body)
    assert body["status"] == answer.status_code, where
    assert body["request_id"] == answer.headers["x-request-id"], where
    if answer.status_code in {429, 503}:
        assert int(answer.headers.get("retry-after", 0)) >= 1, where
    return body


def media_type(answer: httpx2.Response) -> str:
    """Without its parameters."""
    return str(answer.headers.get("content-type", "")).partition(";")[0].strip()


def without_ids(answer: httpx2.Response, *ids: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body, byte for byte but for the request's own id, time, and ``ids``."""
    own = [answer.headers["x-request-id"], *ids]
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"x-request-id", "server-timing", "date"}
        # They tell of the caller's own requests, of which each is one more.
        and not name.startswith("ratelimit-")
    }
    text = answer.text
    for one in own:
        text = text.replace(one, "…")
    return answer.status_code, headers, text
