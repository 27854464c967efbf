"""First data: the prompts everywhere; in development users to try the system as, and a key."""

from app.seed.people import plant_people
from app.seed.prompts import plant_prompts
from padstone.seed import Seeding

__all__ = ["seed"]


async def seed(seeding: Seeding) -> None:
    """Makes what is missing. What people have changed is left to them."""
    await plant_prompts(seeding)
    if seeding.settings.ENVIRONMENT == "development":
        await plant_people(seeding)
