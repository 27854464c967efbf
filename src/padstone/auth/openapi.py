"""How credentials are shown, as the OpenAPI document of this system says it."""

from collections.abc import Iterator
from typing import Any

from padstone.auth.cookie_sessions import CSRF_HEADER

__all__ = ["document_credentials"]

_BEARER = "The access token that `POST …/auth/login` answers"
_SAFE = frozenset({"get", "head", "options"})
_TOKEN = {
    "name": CSRF_HEADER,
    "in": "header",
    "required": False,
    "description": "Needed where the cookie shows who is calling: the token of the session, as "
    "`GET …/auth/session` answers it.",
    "schema": {"type": "string"},
}


def document_credentials(
    schema: dict[str, Any], *, has_keys: bool, has_users: bool, cookie: str | None = None
) -> dict[str, Any]:
    """Makes an OpenAPI document, in place, name the credentials that this system knows.

    The guards name both headers for all systems. One without API keys has no ``X-API-Key``, and one
    with users takes their access tokens as ``Authorization: Bearer``. ``cookie`` is the name of the
    cookie by which browsers sign in.
    """
    schemes = schema.get("components", {}).get("securitySchemes", {})
    if not has_users or "Bearer" not in schemes:
        return schema
    guarded = list(_guarded(schema))
    if has_keys:
        schemes["Bearer"]["description"] = f"{_BEARER}, or an API key."
    else:
        schemes["Bearer"] |= {"description": f"{_BEARER}.", "bearerFormat": "JWT"}
        schemes.pop("ApiKey", None)
        for _, operation in guarded:
            known = [entry for entry in operation["security"] if "ApiKey" not in entry]
            operation["security"] = known
    if cookie is not None:
        schemes["Cookie"] = {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie,
            "description": "The cookie of a browser that signed in by `POST …/auth/session`.",
        }
        for method, operation in guarded:
            _add_cookie(method, operation)
    return schema


def _guarded(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in schema.get("paths", {}).values():
        for method, operation in path.items():
            if isinstance(operation, dict) and operation.get("security"):
                yield method, operation


def _add_cookie(method: str, operation: dict[str, Any]) -> None:
    scopes = next((one["Bearer"] for one in operation["security"] if "Bearer" in one), None)
    if scopes is None:
        return
    operation["security"].append({"Cookie": scopes})
    if method not in _SAFE:
        operation.setdefault("parameters", []).append(dict(_TOKEN))
