"""A document that is not what it should be."""

from typing import Any

import pytest
from fastapi import APIRouter
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from contracted import Reader
from padstone.testing.contract import openapi

ALL = (
    openapi.test_c3_every_body_and_answer_is_a_model,
    openapi.test_c3_every_operation_names_its_errors,
    openapi.test_c3_operation_ids_are_readable_and_unique,
    openapi.test_c3_the_document_is_valid,
)


async def test_a_document_as_it_should_be(make_world: Any) -> None:
    async with make_world() as world:
        await openapi.test_c3_the_pages_are_served(world)
        for check in ALL:
            check(world)


@pytest.mark.parametrize(
    ("check", "options", "words"),
    [
        (ALL[0], {}, "list_faults: "),
        (ALL[1], {"responses": {401: {"model": str, "description": "No."}}}, "401 of list_faults"),
        (ALL[2], {"operation_id": "listFaults"}, "the name of its function"),
    ],
)
async def test_a_fault_in_the_document(
    make_world: Any, check: Any, options: dict[str, Any], words: str
) -> None:
    faulty = APIRouter(prefix="/faults")

    @faulty.get("", **options)
    async def list_faults(_: Reader) -> dict[str, Any]:
        return {}

    async with make_world() as world:
        world.app.include_router(faulty)
        world.app.openapi_schema = None
        with pytest.raises(AssertionError, match=words):
            check(type(world)(world.running, world.client))


async def test_a_document_that_breaks_the_rules(make_world: Any) -> None:
    async with make_world() as world:
        world.app.openapi()["paths"]["/things"]["get"]["parameters"] = "none"
        with pytest.raises(OpenAPIValidationError):
            openapi.test_c3_the_document_is_valid(world)


async def test_a_name_that_is_given_twice(make_world: Any) -> None:
    async with make_world() as world:
        world.app.openapi()["paths"]["/things"]["get"]["operationId"] = "get_thing"
        with pytest.raises(AssertionError, match="get_thing"):
            openapi.test_c3_operation_ids_are_readable_and_unique(world)


async def test_an_error_that_is_not_named(make_world: Any) -> None:
    async with make_world() as world:
        del world.app.openapi()["paths"]["/things/{thing_id}"]["get"]["responses"]["404"]
        with pytest.raises(AssertionError, match=r"get_thing does not name \['404'\]"):
            openapi.test_c3_every_operation_names_its_errors(world)
