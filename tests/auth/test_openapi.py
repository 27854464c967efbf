from typing import Any

import pytest

from padstone.auth.openapi import document_credentials


def document() -> dict[str, Any]:
    return {
        "components": {
            "securitySchemes": {
                "Bearer": {"type": "http", "scheme": "bearer", "description": "An API key."},
                "ApiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            }
        },
        "paths": {
            "/things": {
                "parameters": [],
                "get": {"security": [{"Bearer": ["read"]}, {"ApiKey": ["read"]}]},
                "post": {},
            }
        },
    }


def test_a_system_with_keys_alone_stays_as_it_is() -> None:
    assert document_credentials(document(), has_keys=True, has_users=False) == document()


def test_a_system_with_users_alone_has_tokens() -> None:
    found = document_credentials(document(), has_keys=False, has_users=True)
    assert set(found["components"]["securitySchemes"]) == {"Bearer"}
    assert found["components"]["securitySchemes"]["Bearer"]["bearerFormat"] == "JWT"
    assert found["paths"]["/things"]["get"]["security"] == [{"Bearer": ["read"]}]
    assert "security" not in found["paths"]["/things"]["post"]


def test_a_system_with_both_takes_either() -> None:
    found = document_credentials(document(), has_keys=True, has_users=True)
    assert set(found["components"]["securitySchemes"]) == {"Bearer", "ApiKey"}
    assert found["paths"] == document()["paths"]
    assert "or an API key" in found["components"]["securitySchemes"]["Bearer"]["description"]


@pytest.mark.parametrize("schema", [{}, {"paths": {}}, {"components": {"securitySchemes": {}}}])
def test_a_document_without_guards_is_left_alone(schema: dict[str, Any]) -> None:
    assert document_credentials(dict(schema), has_keys=False, has_users=True) == schema


def test_browsers_come_by_cookie_to_what_is_guarded_and_nowhere_else() -> None:
    shown = document()
    shown["paths"]["/things"]["delete"] = {"security": [{"Bearer": ["write"]}, {"ApiKey": []}]}
    found = document_credentials(shown, has_keys=True, has_users=True, cookie="little_session")
    scheme = found["components"]["securitySchemes"]["Cookie"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "cookie", "little_session")
    operations = found["paths"]["/things"]
    assert operations["get"]["security"][-1] == {"Cookie": ["read"]}
    assert "parameters" not in operations["get"], "what only reads needs no token"
    assert operations["delete"]["security"][-1] == {"Cookie": ["write"]}
    [token] = operations["delete"]["parameters"]
    assert (token["name"], token["in"], token["required"]) == ("X-CSRF-Token", "header", False)
    assert operations["post"] == {}


def test_cookies_without_api_keys() -> None:
    found = document_credentials(document(), has_keys=False, has_users=True, cookie="x")
    assert set(found["components"]["securitySchemes"]) == {"Bearer", "Cookie"}
    assert found["paths"]["/things"]["get"]["security"] == [
        {"Bearer": ["read"]},
        {"Cookie": ["read"]},
    ]


def test_a_guard_of_another_kind_is_no_guard_for_cookies() -> None:
    shown = document()
    shown["paths"]["/things"]["post"] = {"security": [{"Metrics": []}]}
    found = document_credentials(shown, has_keys=True, has_users=True, cookie="x")
    assert found["paths"]["/things"]["post"] == {"security": [{"Metrics": []}]}
