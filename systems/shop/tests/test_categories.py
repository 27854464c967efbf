"""B5: the tree stays a tree, and nothing is lost with a category."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from people import MakeCategory, MakeProduct, SignedIn, product_body
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, Product
from app.services.categories import CategoryNotEmptyError, archive_category, find_category
from app.services.category_tree import MAX_DEPTH
from padstone.testing.running import Running

CATEGORIES = "/api/v1/categories"


async def move(
    client: httpx2.AsyncClient, manager: SignedIn, category: Category, parent: Category | None
) -> httpx2.Response:
    body = {"parent_id": None if parent is None else str(parent.id)}
    return await client.patch(f"{CATEGORIES}/{category.id}", json=body, headers=manager.headers)


async def test_b5_a_manager_keeps_categories(client: httpx2.AsyncClient, manager: SignedIn) -> None:
    async def create(**body: Any) -> dict[str, Any]:
        answer = await client.post(CATEGORIES, json=body, headers=manager.headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        assert answer.headers["location"] == f"{CATEGORIES}/{made['id']}"
        return made

    home = await create(name="Home & Garden", position=3)
    assert (home["slug"], home["parent_id"], home["position"]) == ("home-and-garden", None, 3)
    twin = await create(name="Home & Garden")
    assert twin["slug"] == "home-and-garden-2"
    below = await create(name="Pots", parent_id=home["id"])
    changed = await client.patch(
        f"{CATEGORIES}/{below['id']}", json={"name": "Pans"}, headers=manager.headers
    )
    assert (changed.json()["name"], changed.json()["slug"]) == ("Pans", "pots")
    taken = await client.post(
        CATEGORIES, json={"name": "x", "slug": "pots"}, headers=manager.headers
    )
    assert taken.status_code == 409
    assert (await client.get(f"{CATEGORIES}/{below['id']}")).json() == changed.json()


async def test_b5_a_category_is_not_below_itself(
    client: httpx2.AsyncClient, manager: SignedIn, make_category: MakeCategory
) -> None:
    top = await make_category("Top")
    middle = await make_category("Middle", top)
    bottom = await make_category("Bottom", middle)
    for parent in (top, middle, bottom):
        answer = await move(client, manager, top, parent)
        assert (answer.status_code, answer.json()["code"]) == (409, "category_cycle")
    assert (await move(client, manager, bottom, top)).status_code == 200
    assert (await move(client, manager, bottom, None)).status_code == 200
    assert (await move(client, manager, top, bottom)).status_code == 200


@pytest.mark.committed
async def test_b5_moves_at_the_same_moment_make_no_circle(
    client: httpx2.AsyncClient,
    manager: SignedIn,
    make_category: MakeCategory,
    session: AsyncSession,
) -> None:
    """Each of these moves is right alone; all of them together would be a circle."""
    for number in range(5):
        ring = [await make_category(f"Ring {number} {place}") for place in range(4)]
        answers = await asyncio.gather(
            *(move(client, manager, one, ring[place - 1]) for place, one in enumerate(ring))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 409]
    await session.rollback()
    found = await session.execute(select(Category.id, Category.parent_id))
    parents = {row.id: row.parent_id for row in found}
    for category_id in parents:
        seen = set()
        above: Any = category_id
        while above is not None:
            assert above not in seen, "a circle"
            seen.add(above)
            above = parents[above]


async def test_b5_the_tree_is_no_deeper_than_it_may_be(
    client: httpx2.AsyncClient, manager: SignedIn, make_category: MakeCategory
) -> None:
    lowest = None
    for level in range(MAX_DEPTH):
        lowest = await make_category(f"Level {level}", lowest)
    assert lowest is not None
    below = await client.post(
        CATEGORIES, json={"name": "x", "parent_id": str(lowest.id)}, headers=manager.headers
    )
    assert (below.status_code, below.json()["code"]) == (409, "category_too_deep")
    top = await make_category("Top")
    await make_category("Below", top)
    parent = await make_category("Parent")
    assert (await move(client, manager, top, parent)).status_code == 200
    refused = await move(client, manager, parent, lowest)
    assert (refused.status_code, refused.json()["code"]) == (409, "category_too_deep")
    tree = await client.get(CATEGORIES)
    assert tree.status_code == 200


async def test_b5_a_full_category_is_not_lost(
    client: httpx2.AsyncClient,
    manager: SignedIn,
    make_category: MakeCategory,
    make_product: MakeProduct,
) -> None:
    full = await make_category("Full")
    below = await make_category("Below", full)
    await make_product(category_id=full.id)
    await make_product(category_id=full.id)
    await make_product(category_id=full.id, deleted_at=datetime.now(UTC))
    url = f"{CATEGORIES}/{full.id}"
    refused = await client.delete(url, headers=manager.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "category_not_empty")
    assert "(products: 2, categories: 1)" in refused.json()["detail"]
    for target in (full, below):
        answer = await client.delete(f"{url}?move_to={target.id}", headers=manager.headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "category_cycle")
    nowhere = await client.delete(
        f"{url}?move_to=01890a5d-ac96-774b-bcce-b302099a8057", headers=manager.headers
    )
    assert nowhere.status_code == 422


async def test_b5_its_contents_move_with_one_parameter(
    client: httpx2.AsyncClient,
    manager: SignedIn,
    make_category: MakeCategory,
    make_product: MakeProduct,
    session: AsyncSession,
) -> None:
    full, other = await make_category("Full"), await make_category("Other")
    below = await make_category("Below", full)
    living = await make_product(category_id=full.id)
    archived = await make_product(category_id=full.id, deleted_at=datetime.now(UTC))
    url = f"{CATEGORIES}/{full.id}"
    answer = await client.delete(f"{url}?move_to={other.id}", headers=manager.headers)
    assert answer.status_code == 204
    shelves = select(Product.category_id).where(Product.id.in_([living.id, archived.id]))
    seen_by_all = await session.scalars(shelves.execution_options(include_deleted=True))
    assert list(seen_by_all) == [other.id, other.id]
    parent = select(Category.parent_id).where(Category.id == below.id)
    assert await session.scalar(parent) == other.id
    assert (await client.get(url)).status_code == 404
    seen = await client.get(url, headers=manager.headers)
    assert seen.json()["archived_at"] is not None
    assert (await client.delete(url, headers=manager.headers)).status_code == 404
    changed = await client.patch(url, json={"name": "x"}, headers=manager.headers)
    assert (changed.status_code, changed.json()["code"]) == (409, "category_archived")
    assert (await client.post(f"{url}/restore", headers=manager.headers)).status_code == 200


async def test_b5_a_category_is_restored_below_a_living_one_only(
    client: httpx2.AsyncClient, manager: SignedIn, make_category: MakeCategory
) -> None:
    gone = datetime.now(UTC)
    top = await make_category("Top", deleted_at=gone)
    below = await make_category("Below", top, deleted_at=gone)
    url = f"{CATEGORIES}/{below.id}/restore"
    refused = await client.post(url, headers=manager.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "category_archived")
    await client.post(f"{CATEGORIES}/{top.id}/restore", headers=manager.headers)
    assert (await client.post(url, headers=manager.headers)).status_code == 200


@pytest.mark.committed
async def test_b5_no_product_is_put_onto_a_shelf_that_goes_away(
    running: Running, make_category: MakeCategory
) -> None:
    """Whoever archives a category waits for those who are about to fill it, and then sees it."""
    database = running.state["database"]
    category = await make_category("Shelf")

    async def archive() -> None:
        async with database.session() as session:
            await archive_category(session, category.id, move_to=None)

    async def waits_for_a_lock(session: AsyncSession) -> bool:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(await session.scalar(waiting))

    async with database.session() as filling:
        await find_category(filling, category.id, field="body.category_id")
        archiving = asyncio.create_task(archive())
        async with database.read_session() as looking:
            while not (archiving.done() or await waits_for_a_lock(looking)):
                await asyncio.sleep(0)
        assert not archiving.done(), "it was archived under the hands of whoever fills it"
        body = product_body(category.id)
        filling.add(Product(**{**body, "category_id": category.id}, slug="pot", currency="EUR"))
    with pytest.raises(CategoryNotEmptyError):
        await archiving
