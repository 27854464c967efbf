"""First data: the categories everywhere; in development products, and users to try the shop as."""

from app.seed.catalogue import plant_categories, plant_products
from app.seed.people import plant_people
from padstone.seed import Seeding

__all__ = ["seed"]


async def seed(seeding: Seeding) -> None:
    """Makes what is missing. Where people have begun to keep the catalogue, it is left to them."""
    await plant_categories(seeding)
    if seeding.settings.ENVIRONMENT != "development":
        return
    await plant_products(seeding)
    await plant_people(seeding)
