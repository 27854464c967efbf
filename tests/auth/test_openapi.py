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
