"""The routes as a front end meets them. What they do is tested beside what does it."""

import re
from typing import Annotated, Any

import pytest
from fastapi import FastAPI
from openapi_spec_validator import validate

from padstone.auth.users import UserRead, UserRegister, user_routes
from padstone.ids import new_id

from .conftest import (
    EMAIL,
    PASSWORD,
    Little,
    Settings,
    describe,
    describe_keys,
    make_application,
)

OPEN = {
    "register_user",
    "verify_email",
    "resend_verification",
    "log_in",
    "refresh_tokens",
    "forgot_password",
    "reset_password",
}
OWN = {
    "read_me",
    "list_sessions",
    "end_session",
    "log_out",
    "log_out_everywhere",
    "change_password",
}


async def test_a_persons_whole_way(little: Little) -> None:
    await little.register()
    tokens = await little.login()
    me = await little.get("/auth/me", tokens["access_token"])
    assert me.json()["email"] == EMAIL
    assert set(me.json()) == set(UserRead.model_fields)
    tokens = (await little.post("refresh", refresh_token=tokens["refresh_token"])).json()
    assert (await little.post("logout", by=tokens["access_token"])).status_code == 204
    assert (await little.get("/auth/me", tokens["access_token"])).status_code == 401
    answer = await little.post("refresh", refresh_token=tokens["refresh_token"])
    assert answer.status_code == 401


def document(**options: Any) -> dict[str, Any]:
    return make_application(Settings(), **options).openapi()


def operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation
        for path, item in schema["paths"].items()
        if path.startswith("/auth/")
        for operation in item.values()
    }


def test_the_document_is_valid_and_names_every_operation() -> None:
    schema = document()
    validate(schema)  # type: ignore[arg-type]
    found = operations(schema)
    assert set(found) == OPEN | OWN
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) for name in found)
    for name, operation in found.items():
        assert operation.get("security") == (None if name in OPEN else [{"Bearer": []}]), name
        assert operation["summary"]
        assert operation["description"]


def test_the_docs_page_can_authorize_with_what_the_system_knows() -> None:
    tokens_only = document()["components"]["securitySchemes"]
    assert tokens_only == {
        "Bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The access token that `POST …/auth/login` answers.",
        }
    }
    schema = document(api_keys=describe_keys())
    both = schema["components"]["securitySchemes"]
    assert set(both) == {"Bearer", "ApiKey"}
    assert "access token" in both["Bearer"]["description"]
    assert operations(schema)["read_me"]["security"] == [{"Bearer": []}, {"ApiKey": []}]


def test_secrets_are_marked_in_the_document() -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["Login"]["properties"]["password"]["format"] == "password"
    assert schemas["RefreshRequest"]["properties"]["refresh_token"]["writeOnly"]
    assert "full_name" in schemas["Registration"]["properties"]
    refused = operations(document())["log_in"]["responses"]
    assert {"401", "422", "429", "503"} <= set(refused)
    assert "Retry-After" in refused["429"]["headers"]


class WithRole(UserRegister):
    role: str


class WithMadeUp(UserRegister):
    shoe_size: int


class WithDeletion(UserRegister):
    deleted_at: str


@pytest.mark.parametrize("body", [WithRole, WithMadeUp, WithDeletion])
def test_24_a_system_cannot_let_people_choose_by_mistake(body: type[UserRegister]) -> None:
    field = next(iter(set(body.model_fields) - set(UserRegister.model_fields)))
    with pytest.raises(ValueError, match=field):
        user_routes(describe(), register=body)


class Named(UserRead):
    full_name: Annotated[str | None, "of the system's own"]


def test_me_shows_what_the_system_says() -> None:
    router = user_routes(describe(), read=Named)
    assert router.prefix == "/auth"


def test_where_nobody_registers_there_is_no_route_for_it() -> None:
    app = FastAPI(generate_unique_id_function=lambda route: route.name)
    app.include_router(user_routes(describe(), register=None))
    assert set(operations(app.openapi())) == (OPEN | OWN) - {"register_user"}


async def test_23_every_own_route_needs_a_session(little: Little) -> None:
    await little.register()
    paths = [
        ("GET", "/auth/me"),
        ("GET", "/auth/sessions"),
        ("DELETE", f"/auth/sessions/{new_id()}"),
        ("POST", "/auth/logout"),
        ("POST", "/auth/logout-all"),
        ("POST", "/auth/change-password"),
    ]
    for method, path in paths:
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"X-API-Key": "sk_live_x"}):
            answer = await little.client.request(method, path, headers=headers, json={})
            assert answer.status_code == 401, (method, path)


async def test_unknown_fields_are_refused_everywhere(little: Little) -> None:
    await little.register()
    token = (await little.login())["access_token"]
    bodies: dict[str, dict[str, Any]] = {
        "login": {"email": EMAIL, "password": PASSWORD},
        "refresh": {"refresh_token": "x"},
        "verify-email": {"token": "x"},
        "resend-verification": {"email": EMAIL},
        "forgot-password": {"email": EMAIL},
        "reset-password": {"token": "x", "password": PASSWORD},
        "change-password": {"current_password": "x", "new_password": PASSWORD},
    }
    for path, body in bodies.items():
        answer = await little.post(path, by=token, **body, role="manager")
        assert answer.status_code == 422, path
        assert answer.json()["errors"][0]["field"] == "body.role"
