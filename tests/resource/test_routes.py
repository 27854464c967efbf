"""Every operation of the OpenAPI document, tried by everybody who may not."""

import re
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI

from padstone.auth import generate
from padstone.ids import new_id
from padstone.problems import document_problems
from padstone.resource import Operation
from small_shop.callers import Caller, MakeCaller
from small_shop.resources import RESOURCES
from small_shop.tables import SCOPES, Base


def document() -> dict[str, Any]:
    app = FastAPI()
    api = APIRouter(prefix="/api")
    for resource in RESOURCES:
        api.include_router(resource.router)
    app.include_router(api)
    return document_problems(app.openapi())


DOCUMENT = document()
OPERATIONS = [
    (operation["operationId"], method.upper(), path, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]
GUARDED = [one for one in OPERATIONS if one[3].get("security")]
OPEN = {
    f"{verb}_{name}"
    for verb, name in (
        ("list", "categories"),
        ("get", "category"),
        ("list", "products"),
        ("get", "product"),
        ("export", "products"),
        ("list", "shelves"),
        ("get", "shelf"),
    )
}
BODIES: dict[str, dict[str, Any]] = {
    "CategoryCreate": {"name": "C"},
    "CategoryUpdate": {"name": "D"},
    "ProductCreate": {"slug": "s", "name": "P", "price_minor": 1},
    "ProductUpdate": {"name": "Q"},
    "ProductBulkCreate": {"items": [{"slug": "s", "name": "P", "price_minor": 1}]},
    "ProductBulkUpdate": {"items": [{"id": "x"}]},
    "FolderCreate": {"name": "F"},
    "FolderUpdate": {"name": "G"},
    "FolderBulkCreate": {"items": [{"name": "F"}]},
    "FolderBulkUpdate": {"items": [{"id": "x"}]},
    "NoteCreate": {"title": "N"},
    "NoteUpdate": {"title": "M"},
    "NoteBulkCreate": {"items": [{"title": "N"}]},
    "NoteBulkUpdate": {"items": [{"id": "x"}]},
    "LinkCreate": {"folder_id": str(new_id()), "label": "L"},
    "LinkUpdate": {"label": "M"},
    "CommentCreate": {"words": "W"},
    "ShelfCreate": {"name": "S"},
    "ShelfUpdate": {"name": "T"},
    "TagCreate": {"name": "T"},
    "TagUpdate": {"name": "U"},
    "TagBulkCreate": {"items": [{"name": "T"}]},
    "TagBulkUpdate": {"items": [{"id": "x"}]},
}


def schema_of(operation: dict[str, Any]) -> str | None:
    content = operation.get("requestBody", {}).get("content", {})
    if set(content) != {"application/json"}:
        return None
    return str(content["application/json"]["schema"]["$ref"].rpartition("/")[2])


async def call(
    client: httpx2.AsyncClient, one: Any, ids: dict[str, str] | None = None, **options: Any
) -> httpx2.Response:
    _, method, path, operation = one
    missing = {"product_id": "prod_" + "0" * 26}
    for name in re.findall(r"{(\w+)}", path):
        known = {**missing, **(ids or {})}
        path = path.replace(f"{{{name}}}", known.get(name, str(new_id())))
    if (schema := schema_of(operation)) is not None:
        options = {"json": BODIES[schema], **options}
    elif "requestBody" in operation:
        options = {"content": "name\nx\n", "headers": {"Content-Type": "text/csv"}, **options}
    return await client.request(method, path, **options)


def test_nothing_else_is_open() -> None:
    assert {one[0] for one in OPERATIONS} - {one[0] for one in GUARDED} == OPEN
    assert len(OPERATIONS) == sum(len(one.declaration.operations) for one in RESOURCES)


async def test_what_is_open_refuses_wrong_credentials_and_says_so(
    client: httpx2.AsyncClient,
) -> None:
    wrong = {"Authorization": "Bearer nonsense"}
    assert (await client.get("/api/products")).status_code == 200
    assert (await client.get("/api/products", headers=wrong)).status_code == 401
    assert "401" in DOCUMENT["paths"]["/api/products"]["get"]["responses"]


@pytest.mark.parametrize("one", GUARDED, ids=lambda one: one[0])
async def test_strangers_are_refused(client: httpx2.AsyncClient, one: Any) -> None:
    bodies = []
    for shown in (None, "Bearer nonsense", f"Bearer {generate(live=True).secret}"):
        client.headers.pop("authorization", None)
        if shown is not None:
            client.headers["authorization"] = shown
        answer = await call(client, one)
        assert answer.status_code == 401
        bodies.append({**answer.json(), "request_id": "", "instance": ""})
    assert all(body == bodies[0] for body in bodies)


def scopes_of(one: Any) -> set[str]:
    return {scope for entry in one[3]["security"] for names in entry.values() for scope in names}


@pytest.mark.parametrize("one", [one for one in GUARDED if scopes_of(one)], ids=lambda one: one[0])
async def test_a_narrow_key_is_refused(make_caller: MakeCaller, one: Any) -> None:
    needed = scopes_of(one)
    caller = await make_caller([scope for scope in SCOPES if scope not in needed])
    answer = await call(caller.client, one)
    assert answer.status_code == 403
    assert needed.pop() in answer.json()["detail"]


OWNED = [one for one in GUARDED if re.search(r"{(folder|note|link|comment|tag)_id}", one[2])]


async def rows_of(caller: Caller) -> dict[str, str]:
    folder = await caller.make("/folders", name="F")
    note = await caller.make(f"/folders/{folder['id']}/notes", title="N")
    link = await caller.make("/links", folder_id=folder["id"], label="L")
    path = f"/folders/{folder['id']}/notes/{note['id']}/comments"
    comment = await caller.make(path, words="W")
    tag = await caller.make("/tags", name="T0")
    return {
        "folder_id": folder["id"],
        "note_id": note["id"],
        "link_id": link["id"],
        "comment_id": comment["id"],
        "tag_id": tag["id"],
    }


@pytest.mark.parametrize("one", OWNED, ids=lambda one: one[0])
async def test_anothers_row_answers_as_a_missing_one(ann: Caller, ben: Caller, one: Any) -> None:
    ids = await rows_of(ann)
    if one[0].startswith("restore_"):
        await call(ann.client, next(o for o in OPERATIONS if o[0] == f"delete_{one[0][8:]}"), ids)
    theirs = await call(ben.client, one, ids)
    missing = await call(ben.client, one)
    assert (theirs.status_code, missing.status_code) == (404, 404)
    own = {"request_id": "", "instance": ""}
    assert {**theirs.json(), **own} == {**missing.json(), **own}
    # The owner's own is reached.
    assert (
        (await call(ann.client, one, ids)).status_code < 400
        or "import" in one[0]
        or ("bulk_update" in one[0])
    )


@pytest.mark.parametrize("one", OWNED, ids=lambda one: one[0])
async def test_ones_own_child_is_not_under_anothers_parent(
    ann: Caller, ben: Caller, one: Any
) -> None:
    if "{note_id}" not in one[2]:
        return
    mine, theirs = await rows_of(ann), await rows_of(ben)
    mixed = {**mine, "folder_id": theirs["folder_id"]}
    assert (await call(ann.client, one, mixed)).status_code == 404
    assert (await call(ben.client, one, mixed)).status_code == 404


COLUMNS = sorted({column.key for table in Base.metadata.tables.values() for column in table.c})


@pytest.mark.parametrize(
    "one", [one for one in OPERATIONS if schema_of(one[3])], ids=lambda one: one[0]
)
async def test_no_column_can_be_smuggled_in(ann: Caller, one: Any) -> None:
    name = schema_of(one[3]) or ""
    ids = await rows_of(ann)
    ids["category_id"] = (await ann.make("/categories", name="C0"))["id"]
    ids["shelf_id"] = (await ann.make("/shelves", name="S0"))["id"]
    made = await ann.make("/products", slug="s0", name="P", price_minor=1)
    ids["product_id"] = made["id"]
    if "Bulk" in name:
        item = name.replace("BulkCreate", "Create").replace("BulkUpdate", "UpdateItem")
        known = DOCUMENT["components"]["schemas"][item]["properties"]
        body = BODIES[name]["items"][0]
        for column in set(COLUMNS) - set(known):
            answer = await call(ann.client, one, ids, json={"items": [{**body, column: "x"}]})
            assert answer.status_code == 422, column
        return
    known = DOCUMENT["components"]["schemas"][name]["properties"]
    for column in set(COLUMNS) - set(known):
        answer = await call(ann.client, one, ids, json={**BODIES[name], column: "x"})
        assert answer.status_code == 422, column
        assert f"body.{column}" in {item["field"] for item in answer.json()["errors"]}


def test_each_operation_has_its_stable_name_and_its_errors() -> None:
    by_id = {one[0]: one for one in OPERATIONS}
    assert len(by_id) == len(OPERATIONS)
    expected = {
        "list_products": ("GET", "/api/products", {200, 401, 422}),
        "create_product": ("POST", "/api/products", {201, 400, 401, 403, 409, 413, 415, 422}),
        "get_product": ("GET", "/api/products/{product_id}", {200, 401, 404, 422}),
        "get_link": ("GET", "/api/links/{link_id}", {200, 304, 401, 403, 404, 422}),
        "update_product": (
            "PATCH",
            "/api/products/{product_id}",
            {200, 400, 401, 403, 404, 409, 412, 413, 415, 422},
        ),
        "delete_product": (
            "DELETE",
            "/api/products/{product_id}",
            {204, 401, 403, 404, 409, 412, 422},
        ),
        "restore_product": (
            "POST",
            "/api/products/{product_id}/restore",
            {200, 401, 403, 404, 409, 412, 422},
        ),
        "list_notes": ("GET", "/api/folders/{folder_id}/notes", {200, 401, 403, 404, 422}),
    }
    for name, (method, path, statuses) in expected.items():
        _, found_method, found_path, operation = by_id[name]
        assert (found_method, found_path) == (method, path)
        assert {int(status) for status in operation["responses"]} == statuses | {500, 503}
    assert set(Operation.ALL) <= {name.rpartition("_")[0] for name in by_id}
    for name, _, _, operation in OPERATIONS:
        assert operation["summary"], name
        assert operation["description"], name
        for parameter in operation.get("parameters", []):
            assert parameter["description"], f"{name} {parameter['name']}"
            assert "anyOf" not in parameter["schema"] or parameter["in"] == "header"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("bulk", {"POST", "PATCH"}), ("import", {"POST"}), ("export", {"GET"})],
)
async def test_a_fixed_path_is_no_row(ann: Caller, path: str, allowed: set[str]) -> None:
    for method in {"GET", "PATCH", "DELETE", "PUT"} - allowed:
        answer = await ann(method, f"/tags/{path}", json={})
        assert answer.status_code == 405, method
        assert {one.strip() for one in answer.headers["allow"].split(",")} <= allowed


def test_schemas_have_the_names_that_a_person_would_give() -> None:
    schemas = set(DOCUMENT["components"]["schemas"])
    assert {"ProductPage", "ProductRead", "ProductCreate", "ProductUpdateItem"} <= schemas
    assert not [name for name in schemas if "_" in name]


def test_headers_are_documented() -> None:
    responses = {one[0]: one[3]["responses"] for one in OPERATIONS}
    assert set(responses["create_product"]["201"]["headers"]) == {"ETag", "Location"}
    for name in ("get_product", "update_product", "restore_product"):
        assert set(responses[name]["200"]["headers"]) == {"ETag"}
    parameters = {
        one[0]: {parameter["name"] for parameter in one[3].get("parameters", [])}
        for one in OPERATIONS
    }
    assert "If-Match" in parameters["update_product"] & parameters["delete_product"]
    assert "If-Match" not in parameters["delete_comment"], "it has no revisions"
    assert "If-None-Match" in parameters["get_link"]
    assert "If-None-Match" not in parameters["get_product"], "its category may change"
    assert "Idempotency-Key" in parameters["create_product"] & parameters["bulk_create_products"]
