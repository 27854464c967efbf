"""B2 and B3: the seeding populates the database correctly, and a second time changes nothing."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.core.security import Role
from app.models import Base, Category, PriceChange, Product, StockMovement, User
from app.seed import seed
from app.seed.people import email_of
from padstone.seed import Seeding
from padstone.testing.contract.snapshot import snapshot
from padstone.testing.processes import bare_environment
from padstone.testing.running import Running
from padstone.testing.servers import ServerProcess

FOLDER = Path(__file__).resolve().parents[1]
Plant = Callable[..., Awaitable[Seeding]]


@pytest.fixture
def plant(session: AsyncSession, running: Running, tmp_path: Path) -> Plant:
    """Runs the seed as if in development, unless something else is said."""

    async def run(environment: str = "development") -> Seeding:
        settings = running.state["settings"].model_copy(update={"ENVIRONMENT": environment})
        seeding = Seeding(session, settings, tmp_path)
        await seed(seeding)
        await session.commit()
        return seeding

    return run


async def count(session: AsyncSession, model: type[Base]) -> int:
    return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_b2_the_initial_categories_everywhere(plant: Plant, session: AsyncSession) -> None:
    seeding = await plant("production")
    assert await count(session, Category) >= 40
    for model in (Product, User, PriceChange, StockMovement):
        assert await count(session, model) == 0
    assert (seeding.credentials, seeding.examples) == ({}, [])


async def test_b2_they_are_a_tree(plant: Plant, session: AsyncSession) -> None:
    await plant("production")
    found = list(await session.scalars(select(Category)))
    by_id = {category.id: category for category in found}

    def depth(category: Category) -> int:
        return 1 if category.parent_id is None else 1 + depth(by_id[category.parent_id])

    assert {depth(category) for category in found} == {1, 2, 3}
    assert len([one for one in found if one.parent_id is None]) >= 5
    assert all(one.description and one.position for one in found)


async def test_b2_sample_products_in_development(plant: Plant, session: AsyncSession) -> None:
    await plant()
    products = list(await session.scalars(select(Product)))
    assert len(products) >= 100
    for product in products:
        assert product.name
        assert product.brand
        assert len(product.description) > 20
        assert product.price_minor > 0
    assert any(product.stock == 0 for product in products), "something is always sold out"
    leaves = select(Category.parent_id).where(Category.parent_id.is_not(None))
    inner = set(await session.scalars(leaves))
    assert not inner & {product.category_id for product in products}
    moved = await session.scalar(select(func.sum(StockMovement.delta)))
    assert moved == sum(product.stock for product in products)
    assert await count(session, PriceChange) == len(products)


async def test_b2_a_user_of_each_role(plant: Plant, session: AsyncSession) -> None:
    seeding = await plant()
    found = await session.execute(select(User.email, User.role))
    assert {row.email: row.role for row in found} == {email_of(role): role for role in Role}
    assert set(seeding.credentials) == {f"password of {email_of(role)}" for role in Role}


async def test_b2_twice_changes_nothing(
    plant: Plant, running: Running, session: AsyncSession
) -> None:
    first = await plant()
    before = await snapshot(running.state["database"], Base.metadata)
    second = await plant()
    assert await snapshot(running.state["database"], Base.metadata) == before
    assert second.credentials == first.credentials, "the passwords are remembered"


async def test_b2_what_people_have_changed_is_theirs(plant: Plant, session: AsyncSession) -> None:
    await plant()
    category = await session.scalar(select(Category).where(Category.slug == "knives"))
    product = await session.scalar(select(Product).where(Product.sku == "KNI-4301"))
    assert category is not None
    assert product is not None
    category.name, product.stock, product.deleted_at = "Sharp Things", 1, func.now()
    await session.commit()
    await plant()
    await session.refresh(category)
    assert category.name == "Sharp Things"
    again = select(func.count()).where(Product.sku == "KNI-4301")
    assert await session.scalar(again) == 0, "an archived product does not come back"


@pytest.mark.committed
async def test_b2_the_shown_lines_work(
    server: Callable[..., Awaitable[list[ServerProcess]]], plant: Plant
) -> None:
    seeding = await plant()
    [one] = await server()
    answers = [
        await asyncio.to_thread(_sh, line.replace("{url}", one.url)) for line in seeding.examples
    ]
    assert len(answers) == 2
    assert len(answers[0]["items"]) == 3
    assert answers[1]["access_token"]


def _sh(line: str) -> Any:
    done = subprocess.run(
        ["sh", "-c", line], env=bare_environment(), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


async def test_b2_the_script_is_a_door_to_the_command(
    tmp_path: Path, cloned_settings: Settings
) -> None:
    """From whichever folder; it says what it did, as ``padstone seed`` does."""
    folder = tmp_path / "shop"
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", "tests")
    shutil.copytree(FOLDER, folder, ignore=ignored)
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, folder / "scripts" / "seed.py", "--json"],
        cwd=tmp_path,
        env=bare_environment(
            DATABASE_URL=str(cloned_settings.DATABASE_URL),
            MAIL_URL="smtp://127.0.0.1:1",
            MAIL_FROM="shop@example.com",
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["report"][:2] == ["categories: 66 made", "products: 141 made"]
    assert len(said["credentials"]) == len(Role)
    assert not (folder / ".padstone" / "services").exists(), "nothing was started"
