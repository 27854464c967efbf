"""How credentials are shown, as the OpenAPI document of this system says it."""

from typing import Any

__all__ = ["document_credentials"]

_BEARER = "The access token that `POST …/auth/login` answers"


def document_credentials(
    schema: dict[str, Any], *, has_keys: bool, has_users: bool
) -> dict[str, Any]:
    """Makes an OpenAPI document, in place, name the credentials that this system knows.

    The guards name both headers for all systems. One without API keys has no ``X-API-Key``, and one
    with users takes their access tokens as ``Authorization: Bearer``.
    """
    schemes = schema.get("components", {}).get("securitySchemes", {})
    if not has_users or "Bearer" not in schemes:
        return schema
    bearer = schemes["Bearer"]
    if has_keys:
        bearer["description"] = f"{_BEARER}, or an API key."
        return schema
    bearer |= {"description": f"{_BEARER}.", "bearerFormat": "JWT"}
    schemes.pop("ApiKey", None)
    for path in schema.get("paths", {}).values():
        for operation in path.values():
            if isinstance(operation, dict) and "security" in operation:
                known = [entry for entry in operation["security"] if "ApiKey" not in entry]
                operation["security"] = known
    return schema
