"""A problem document, whatever it is made of."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.errors import FieldError
from padstone.problems import ErrorResponse, ProblemResponse


def _scope(path: str = "/things") -> dict[str, Any]:
    return {"type": "http", "path": path, "state": {"request_id": "r-1"}}


def _body(response: ProblemResponse) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(response.body)
    ErrorResponse.model_validate(parsed)
    return parsed


def test_it_has_every_field() -> None:
    response = ProblemResponse(
        _scope(),
        status=409,
        code="already_exists",
        detail="It is there.",
        errors=[FieldError("body.email", "is taken", "already_exists")],
    )
    assert response.media_type == "application/problem+json"
    assert _body(response) == {
        "type": "urn:problem-type:already_exists",
        "title": "Already exists",
        "status": 409,
        "detail": "It is there.",
        "instance": "/things",
        "code": "already_exists",
        "request_id": "r-1",
        "errors": [{"field": "body.email", "message": "is taken", "code": "already_exists"}],
    }


@pytest.mark.parametrize(("seconds", "shown"), [(0.1, "1"), (1.0, "1"), (1.2, "2"), (30, "30")])
def test_retry_after_is_in_whole_seconds_and_never_none(seconds: float, shown: str) -> None:
    response = ProblemResponse(_scope(), status=503, code="x", detail="", retry_after=seconds)
    assert response.headers["retry-after"] == shown


@given(st.text(), st.text(), st.text())
def test_any_text_makes_a_valid_document(path: str, field: str, detail: str) -> None:
    response = ProblemResponse(
        _scope(path), status=422, code="x", detail=detail, errors=[FieldError(field, detail)]
    )
    assert _body(response)["status"] == 422


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_a_lone_surrogate_loses_no_field(text: str) -> None:
    response = ProblemResponse(
        _scope(f"/{text}"),
        status=422,
        code="x",
        detail="d",
        errors=[FieldError(f"body.{text}", "is wrong")],
    )
    body = _body(response)
    assert body["instance"].startswith("/")
    assert [item["message"] for item in body["errors"]] == ["is wrong"]
