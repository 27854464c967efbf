"""Errors that follow from an operation are documented without anybody writing them."""

from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header
from fastapi.security import HTTPBearer
from openapi_spec_validator import validate
from pydantic import BaseModel

from padstone.problems import (
    add_problem_documentation,
    document_problems,
    problem_responses,
)


class Thing(BaseModel):
    name: str


def _document() -> dict[str, Any]:
    router = APIRouter()

    @router.get("/open")
    async def read_open() -> Thing: ...

    @router.get("/things/{thing_id}")
    async def read_thing(thing_id: int) -> Thing: ...

    @router.post("/things", responses=problem_responses(402, 409))
    async def create_thing(thing: Thing, token: Annotated[str, Header()] = "") -> Thing: ...

    @router.get("/own", responses={503: {"model": Thing, "description": "Mine."}})
    async def read_own() -> Thing: ...

    @router.get("/guarded", dependencies=[])
    async def read_guarded() -> Thing: ...

    app = FastAPI()
    app.include_router(router)
    guarded = app.openapi()
    guarded["paths"]["/guarded"]["get"]["security"] = [{"Bearer": []}]
    guarded["components"]["securitySchemes"] = {
        "Bearer": HTTPBearer().model.model_dump(by_alias=True, exclude_none=True)
    }
    return document_problems(guarded)


def _statuses(document: dict[str, Any], path: str, method: str = "get") -> set[str]:
    return set(document["paths"][path][method]["responses"])


def test_what_follows_from_an_operation() -> None:
    document = _document()
    validate(document)
    assert _statuses(document, "/open") == {"200", "500", "503"}
    assert _statuses(document, "/things/{thing_id}") == {"200", "404", "422", "500", "503"}
    body = {"200", "400", "413", "415", "422", "500", "503"}
    assert _statuses(document, "/things", "post") == body | {"402", "409"}
    assert _statuses(document, "/guarded") == {"200", "401", "403", "500", "503"}


def test_each_is_a_problem_and_what_may_be_repeated_says_when() -> None:
    document = _document()
    response = document["paths"]["/open"]["get"]["responses"]["503"]
    schema = response["content"]["application/problem+json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/ErrorResponse"}
    assert "Retry-After" in response["headers"]


def test_an_answer_of_ones_own_stays() -> None:
    response = _document()["paths"]["/own"]["get"]["responses"]["503"]
    assert list(response["content"]) == ["application/json"]
    assert response["description"] == "Mine."


def test_the_frameworks_own_schema_is_gone() -> None:
    document = _document()
    assert "HTTPValidationError" not in str(document)
    assert "ValidationError" not in document["components"]["schemas"]


def test_an_application_of_ones_own_documents_them_too() -> None:
    app = FastAPI()

    @app.get("/things/{thing_id}")
    async def read_thing(thing_id: int) -> Thing: ...

    add_problem_documentation(app)
    first = app.openapi()
    assert set(first["paths"]["/things/{thing_id}"]["get"]["responses"]) >= {"404", "422", "500"}
    assert "ErrorResponse" in first["components"]["schemas"]
    assert app.openapi() is first
