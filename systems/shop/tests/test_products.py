"""B4 and B7: the catalogue as everybody sees it."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from people import MakeCategory, MakeProduct, SignedIn
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, Product
from padstone.testing.queries import QueryCounter

PRODUCTS = "/api/v1/products"


async def names(client: httpx2.AsyncClient, query: str = "", **options: Any) -> list[str]:
    answer = await client.get(f"{PRODUCTS}?{query}", **options)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


async def test_b4_everybody_may_look(client: httpx2.AsyncClient, product: Product) -> None:
    answer = await client.get(PRODUCTS)
    assert answer.status_code == 200
    [item] = answer.json()["items"]
    assert item == {
        "id": str(product.id),
        "sku": "SKU-1",
        "slug": "tea-pot-1",
        "name": "Tea Pot",
        "brand": "",
        "description": "",
        "category": {"id": str(product.category_id), "slug": "shelf", "name": "Shelf"},
        "price_minor": 1999,
        "currency": "EUR",
        "stock": 10,
        "revision": 1,
        "created_at": item["created_at"],
        "updated_at": item["updated_at"],
        "archived_at": None,
    }


async def test_b7_money_is_whole_numbers_with_a_currency(
    client: httpx2.AsyncClient, product: Product
) -> None:
    document = (await client.get("/openapi.json")).json()
    amounts = 0
    for schema in document["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            kinds = field.get("anyOf", [field])
            is_float = any(kind.get("type") == "number" for kind in kinds)
            assert not is_float or name == "milliseconds", f"{name} is a float"
            if name.endswith("_minor"):
                amounts += 1
                assert {kind["type"] for kind in kinds} <= {"integer", "null"}
    assert amounts > 5


@pytest.mark.parametrize("price", [19.99, "1999", -1, 10**11 + 1, True, None])
async def test_b7_other_prices_are_refused(
    client: httpx2.AsyncClient, manager: SignedIn, product: Product, price: Any
) -> None:
    answer = await client.patch(
        f"{PRODUCTS}/{product.id}", json={"price_minor": price}, headers=manager.headers
    )
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body.price_minor"]


@pytest.mark.parametrize("currency", ["eur", "EURO", "XXX", "", 978])
async def test_b7_other_currencies_are_refused(
    client: httpx2.AsyncClient, manager: SignedIn, product: Product, currency: Any
) -> None:
    answer = await client.patch(
        f"{PRODUCTS}/{product.id}", json={"currency": currency}, headers=manager.headers
    )
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body.currency"]


async def test_b4_a_category_includes_all_below_it(
    client: httpx2.AsyncClient, make_category: MakeCategory, make_product: MakeProduct
) -> None:
    home = await make_category("Home")
    kitchen = await make_category("Kitchen", home)
    pans = await make_category("Pans", kitchen)
    garden = await make_category("Garden")
    for name, category in (("Sofa", home), ("Pan", pans), ("Fork", kitchen), ("Rake", garden)):
        await make_product(name, category_id=category.id)
    assert set(await names(client, "category=home")) == {"Sofa", "Pan", "Fork"}
    assert set(await names(client, f"category={kitchen.id}")) == {"Pan", "Fork"}
    assert await names(client, "category=pans") == ["Pan"]
    assert await names(client, "category=nowhere") == []


async def test_b4_filters(client: httpx2.AsyncClient, make_product: MakeProduct) -> None:
    await make_product("Cheap", price_minor=100, brand="A")
    await make_product("Middle", price_minor=500, brand="B")
    await make_product("Dear", price_minor=900, brand="B", stock=0)
    assert set(await names(client, "price_minor__gte=500")) == {"Middle", "Dear"}
    assert set(await names(client, "price_minor__lte=500")) == {"Cheap", "Middle"}
    assert await names(client, "price_minor__gte=200&price_minor__lte=600") == ["Middle"]
    assert set(await names(client, "in_stock=true")) == {"Cheap", "Middle"}
    assert await names(client, "in_stock=false") == ["Dear"]
    assert set(await names(client, "brand=B")) == {"Middle", "Dear"}
    assert await names(client, "sku__in=SKU-1,SKU-7") == ["Cheap"]


async def test_b4_sorting(client: httpx2.AsyncClient, make_product: MakeProduct) -> None:
    for name, price in (("Cup", 300), ("Axe", 100), ("Bowl", 200)):
        await make_product(name, price_minor=price)
    assert await names(client, "sort=price_minor") == ["Axe", "Bowl", "Cup"]
    assert await names(client, "sort=-price_minor") == ["Cup", "Bowl", "Axe"]
    assert await names(client, "sort=name") == ["Axe", "Bowl", "Cup"]
    assert await names(client) == ["Bowl", "Axe", "Cup"], "the newest first"


async def test_b4_text_search(client: httpx2.AsyncClient, make_product: MakeProduct) -> None:
    await make_product("Kettle", description="Boils water for tea.")
    await make_product("Tea Pot", brand="Lehm")
    await make_product("Axe", sku="AXE-77")
    assert await names(client, "q=tea") == ["Tea Pot", "Kettle"], "in the name comes first"
    assert await names(client, "q=boiling") == ["Kettle"], "in any form of the word"
    assert await names(client, "q=lehm") == ["Tea Pot"]
    assert await names(client, "q=axe-77") == ["Axe"]
    assert await names(client, "q=tea%20-boils") == ["Tea Pot"]
    assert await names(client, "q=%22%27%20OR%201%3D1") == []


async def test_b4_pages_by_cursor_and_by_offset(
    client: httpx2.AsyncClient, make_product: MakeProduct
) -> None:
    for number in range(7):
        await make_product(f"Product {number}", price_minor=100 + number % 2)
    seen: list[str] = []
    query = "sort=price_minor&limit=3"
    while True:
        page = (await client.get(f"{PRODUCTS}?{query}")).json()
        seen += [item["name"] for item in page["items"]]
        assert page["total"] is None
        if page["next_cursor"] is None:
            break
        query = f"sort=price_minor&limit=3&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 7
    page = (await client.get(f"{PRODUCTS}?sort=price_minor&limit=3&offset=3")).json()
    assert page["total"] == 7
    assert [item["name"] for item in page["items"]] == seen[3:6]


@pytest.mark.parametrize(
    "query",
    ["sort=stock", "limit=0", "limit=101", "colour=red", "category=a%00", "in_stock=perhaps"],
)
async def test_b4_other_questions_are_refused(client: httpx2.AsyncClient, query: str) -> None:
    answer = await client.get(f"{PRODUCTS}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("query.")


async def test_b4_one_product_by_id_or_slug(client: httpx2.AsyncClient, product: Product) -> None:
    by_id = await client.get(f"{PRODUCTS}/{product.id}")
    by_slug = await client.get(f"{PRODUCTS}/{product.slug}")
    assert by_id.status_code == by_slug.status_code == 200
    assert by_id.json() == by_slug.json()
    assert by_id.headers["etag"] == '"1"'
    # Its category's name is shown, too, of which its revision knows nothing.
    known = await client.get(f"{PRODUCTS}/{product.id}", headers={"If-None-Match": '"1"'})
    assert (known.status_code, known.content) == (200, by_id.content)
    for other in ("no-such-product", "01890a5d-ac96-774b-bcce-b302099a8057"):
        assert (await client.get(f"{PRODUCTS}/{other}")).status_code == 404
    assert (await client.get(f"{PRODUCTS}/not%20a%20slug")).status_code == 422


async def test_b4_archived_products_are_for_managers(
    client: httpx2.AsyncClient, make_product: MakeProduct, buyer: SignedIn, manager: SignedIn
) -> None:
    await make_product("Here")
    gone = await make_product("Gone", deleted_at=datetime.now(UTC))
    for headers in ({}, buyer.headers):
        assert await names(client, headers=headers) == ["Here"]
        assert await names(client, "archived=true", headers=headers) == []
        for name in (gone.id, gone.slug):
            answer = await client.get(f"{PRODUCTS}/{name}", headers=headers)
            assert answer.status_code == 404
    assert set(await names(client, headers=manager.headers)) == {"Here", "Gone"}
    assert await names(client, "archived=true", headers=manager.headers) == ["Gone"]
    assert await names(client, "archived=false", headers=manager.headers) == ["Here"]
    for name in (gone.id, gone.slug):
        answer = await client.get(f"{PRODUCTS}/{name}", headers=manager.headers)
        assert answer.json()["archived_at"] is not None


async def test_b4_a_managers_cursor_is_no_strangers(
    client: httpx2.AsyncClient, make_product: MakeProduct, manager: SignedIn
) -> None:
    for _ in range(2):
        await make_product()
    page = await client.get(f"{PRODUCTS}?limit=1", headers=manager.headers)
    cursor = page.json()["next_cursor"]
    assert (await client.get(f"{PRODUCTS}?limit=1&cursor={cursor}")).status_code == 422


async def test_b4_the_living_one_has_the_slug(
    client: httpx2.AsyncClient,
    make_product: MakeProduct,
    manager: SignedIn,
) -> None:
    await make_product("Old", slug="pot", deleted_at=datetime.now(UTC))
    await make_product("New", slug="pot")
    for headers in ({}, manager.headers):
        answer = await client.get(f"{PRODUCTS}/pot", headers=headers)
        assert answer.json()["name"] == "New"


async def test_b4_a_list_costs_one_query(
    client: httpx2.AsyncClient, make_product: MakeProduct, queries: QueryCounter
) -> None:
    for _ in range(5):
        await make_product()
    with queries.at_most(1):
        assert len(await names(client, "category=shelf&in_stock=true&q=tea")) == 5


async def test_b4_the_categories_are_a_tree(
    client: httpx2.AsyncClient,
    make_category: MakeCategory,
    make_product: MakeProduct,
    session: AsyncSession,
    shelf: Category,
) -> None:
    home = await make_category("Home", position=2)
    garden = await make_category("Garden", position=1)
    kitchen = await make_category("Kitchen", home)
    await make_category("Attic", home)
    await make_category("Closed", garden, deleted_at=datetime.now(UTC))
    await make_product("Pan", category_id=kitchen.id)
    await make_product("Pot", category_id=kitchen.id)
    await make_product("Old", category_id=kitchen.id, deleted_at=datetime.now(UTC))
    await session.delete(shelf)
    await session.commit()
    tree = (await client.get("/api/v1/categories")).json()["categories"]

    def shape(nodes: list[dict[str, Any]]) -> list[Any]:
        return [(one["slug"], one["products"], shape(one["children"])) for one in nodes]

    assert shape(tree) == [
        ("garden", 0, []),
        ("home", 2, [("attic", 0, []), ("kitchen", 2, [])]),
    ]
