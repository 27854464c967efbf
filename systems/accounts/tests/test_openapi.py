"""C3: the document is valid, complete and readable."""

import re

import httpx2
from openapi_spec_validator import validate
from operations import operations

from app.main import app


async def test_c3_the_pages_are_served(client: httpx2.AsyncClient) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await client.get(path)).status_code == 200


def test_c3_the_document_is_valid() -> None:
    validate(app.openapi())  # type: ignore[arg-type]


def test_c3_operation_ids_are_readable_and_unique() -> None:
    ids = [operation.id for operation in operations()]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", name) for name in ids)


def test_c3_every_operation_names_its_errors() -> None:
    problem = {"$ref": "#/components/schemas/ErrorResponse"}
    for path, item in app.openapi()["paths"].items():
        for method, operation in item.items():
            responses = operation["responses"]
            assert operation["summary"], f"{method} {path} has no summary"
            needed = {"500", "503"}
            if operation.get("security"):
                needed |= {"401", "403"}
            if "requestBody" in operation:
                needed |= {"400", "413", "415", "422"}
            if "{" in path:
                needed |= {"404", "422"}
            assert needed <= set(responses), f"{method} {path}"
            for status, response in responses.items():
                if int(status) >= 400 and not path.startswith("/health"):
                    content = response["content"]["application/problem+json"]
                    assert content["schema"] == problem


def test_c3_every_body_and_answer_is_a_model() -> None:
    for path, item in app.openapi()["paths"].items():
        for method, operation in item.items():
            contents = [operation.get("requestBody", {}).get("content", {})]
            contents += [
                response.get("content", {}) for response in operation["responses"].values()
            ]
            schemas = [media["schema"] for content in contents for media in content.values()]
            assert schemas, f"{method} {path}"
            assert all("$ref" in schema for schema in schemas), f"{method} {path}: {schemas}"
