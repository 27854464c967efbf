"""Every operation of the OpenAPI document, with values that fit, for generated tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.main import app

__all__ = ["Operation", "operations"]


@dataclass(frozen=True)
class Operation:
    """One operation: how it is called, and what it needs."""

    id: str
    method: str
    path: str
    is_guarded: bool
    scopes: tuple[str, ...]
    body: dict[str, Any] | None

    def __str__(self) -> str:
        return self.id


def operations() -> Iterator[Operation]:
    """All of them, without an exception list."""
    document = app.openapi()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            security = operation.get("security", [])
            scopes = {scope for entry in security for names in entry.values() for scope in names}
            yield Operation(
                id=operation["operationId"],
                method=method.upper(),
                path=path,
                is_guarded=bool(security),
                scopes=tuple(sorted(scopes)),
                body=_body(document, operation),
            )


def _body(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any] | None:
    try:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
    except KeyError:
        return None
    name = schema["$ref"].rpartition("/")[2]
    return EXAMPLES[name]


# A body for each schema. A new one without an example fails the tests that need it.
EXAMPLES: dict[str, dict[str, Any]] = {
    "ApiKeyCreate": {"name": "laptop", "scopes": []},
    "ApiKeyRename": {"name": "desktop"},
    "ApiKeyRotate": {"overlap_seconds": 0},
    "CaptureCreate": {"amount_micros": 1, "key": "k"},
    "DebitCreate": {"amount_micros": 1, "key": "k"},
    "HoldCreate": {"amount_micros": 1, "key": "k"},
    "ObjectCreate": {"name": "a.csv", "content_type": "text/csv", "size_bytes": 1},
}
