"""First data: in development, a user and a key to try things with; elsewhere nothing."""

from app.services.users import api_keys, users
from padstone.auth import demo_key
from padstone.auth.users import demo_user
from padstone.seed import Seeding

__all__ = ["seed"]


async def seed(seeding: Seeding) -> None:
    """Makes what is missing; ``padstone dev`` calls it at every start."""
    if seeding.settings.ENVIRONMENT != "development":
        return
    user = await demo_user(seeding, users)
    key = await demo_key(seeding, api_keys, user.id)
    notes = f"curl {{url}}/api/v1/notes -H 'Authorization: Bearer {key}'"
    note = '{"title": "Groceries", "text": "Bread, butter"}'
    seeding.examples += [f"{notes} -H 'Content-Type: application/json' -d '{note}'", notes]
