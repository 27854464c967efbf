"""A model that no parameter names stands in the document under its name."""

from enum import StrEnum

from fastapi import FastAPI, Request

from padstone.schemas import Body, documented, name_documented


class Colour(StrEnum):
    RED = "red"


class Row(Body):
    """A row of a file."""

    colour: Colour


def test_it_is_moved_to_the_components_with_what_it_refers_to() -> None:
    app = FastAPI()
    body = {"content": {"application/json": {"schema": {"type": "array", "items": {}}}}}
    body["content"]["application/json"]["schema"]["items"] = documented(Row)

    @app.post("/rows", openapi_extra={"requestBody": body})
    async def rows(_request: Request) -> None: ...

    document = name_documented(app.openapi())
    schema = document["paths"]["/rows"]["post"]["requestBody"]["content"]["application/json"]
    assert schema == {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}}}
    schemas = document["components"]["schemas"]
    assert schemas["Row"]["properties"] == {"colour": {"$ref": "#/components/schemas/Colour"}}
    assert schemas["Row"]["description"] == "A row of a file."
    assert schemas["Colour"]["enum"] == ["red"]


def test_a_document_without_any_is_as_it_was() -> None:
    document = {"paths": {"/a": {"get": {"tags": ["a"]}}}, "components": {"schemas": {"A": {}}}}
    assert name_documented(document) == {
        "paths": {"/a": {"get": {"tags": ["a"]}}},
        "components": {"schemas": {"A": {}}},
    }
