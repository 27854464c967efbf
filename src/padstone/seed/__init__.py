"""First data: what a new database needs before anybody can try the system.

A system's seed function gets a ``Seeding``. Rows that are data are declared as data::

    CATEGORIES = [
        {"slug": "phones", "name": "Phones", "parent_id": ByKey(slug="electronics")},
        {"slug": "electronics", "name": "Electronics"},
    ]

    async def seed(seeding: Seeding) -> None:
        await seeding.rows(Category, CATEGORIES, key="slug")

Running it again writes only what differs.
"""

from padstone.seed.errors import SeedDataError
from padstone.seed.keys import ByKey
from padstone.seed.rows import RowCounts
from padstone.seed.seeding import Seed, Seeding

__all__ = ["ByKey", "RowCounts", "Seed", "SeedDataError", "Seeding"]
