"""C3: the document is valid, complete and readable, and its pages are served."""

import re
from collections.abc import Mapping
from typing import Any

from padstone.testing.contract.answers import PROBLEM
from padstone.testing.contract.document import JSON, Operation, operations
from padstone.testing.contract.world import World

__all__ = [
    "test_c3_every_body_and_answer_is_a_model",
    "test_c3_every_operation_names_its_errors",
    "test_c3_operation_ids_are_readable_and_unique",
    "test_c3_the_document_is_valid",
    "test_c3_the_pages_are_served",
]

_PROBLEM = {"$ref": "#/components/schemas/ErrorResponse"}


async def test_c3_the_pages_are_served(world: World) -> None:
    """Swagger UI, ReDoc, and the document that both show."""
    for path in ("/docs", "/redoc"):
        assert (await world.client.get(path)).status_code == 200, path
    assert (await world.client.get("/openapi.json")).json() == world.app.openapi()


def test_c3_the_document_is_valid(world: World) -> None:
    """By the rules of OpenAPI."""
    from openapi_spec_validator import validate

    validate(world.app.openapi())


def test_c3_operation_ids_are_readable_and_unique(world: World) -> None:
    """Small letters, such as a verb and what it is about: the names of generated clients."""
    ids = [one.id for one in operations(world.app.openapi())]
    assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)
    unreadable = [one for one in ids if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", one)]
    assert not unreadable, "an operation's id is the name of its function"


def test_c3_every_operation_names_its_errors(world: World) -> None:
    """All that follow from what it takes, as problems; and a summary."""
    for operation in world.operations.values():
        assert operation.entry.get("summary"), f"{operation} has no summary"
        needed = {"500", "503"}
        if operation.is_guarded:
            needed |= {"401", "403"}
        if operation.has_body:
            needed |= {"400", "413", "415"}
        if operation.rows:
            needed.add("404")
        if operation.is_ours and (operation.has_body or operation.rows):
            needed.add("422")
        missing = needed - set(operation.responses)
        assert not missing, f"{operation} does not name {sorted(missing)}"
        errors = {status: one for status, one in operation.responses.items() if int(status) >= 400}
        if "health" not in operation.entry.get("tags", ()):
            _have_one_form(operation, errors)


def _have_one_form(operation: Operation, errors: Mapping[str, Any]) -> None:
    kind, schema = PROBLEM, _PROBLEM
    if not operation.is_ours:
        kind, schema = JSON, errors["500"]["content"][JSON]["schema"]
    for status, response in errors.items():
        content = response.get("content", {})
        assert content.get(kind, {}).get("schema") == schema, f"{status} of {operation}"


def test_c3_every_body_and_answer_is_a_model(world: World) -> None:
    """Whatever is JSON has a name in the document."""
    for operation in world.operations.values():
        contents = [operation.content]
        contents += [one.get("content", {}) for one in operation.responses.values()]
        for content in contents:
            for kind, media in content.items():
                # JSON that is one form of a file among others is the file's.
                if kind == PROBLEM or (kind == JSON and len(content) == 1):
                    schema = media["schema"]
                    inner = schema.get("items", schema)
                    assert {"$ref", "anyOf", "oneOf"} & set(inner), f"{operation}: {schema}"
