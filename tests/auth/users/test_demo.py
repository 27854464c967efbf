from pathlib import Path

import pytest

from padstone.auth.users import demo_user
from padstone.db import Database
from padstone.seed import Seeding
from padstone.settings import DatabaseSettings

from .conftest import Little, Settings, describe


async def test_the_user_is_made_once_and_signs_in_with_what_is_shown(
    little: Little, settings: Settings, tmp_path: Path
) -> None:
    made = set()
    for _ in range(2):
        async with little.database.session() as session:
            seeding = Seeding(session, settings, tmp_path)
            user = await demo_user(seeding, describe(), role="manager")
            made.add((user.id, user.email, user.role, *seeding.credentials.items()))
    [(_, email, role, shown)] = made
    assert (email, role) == ("demo@example.com", "manager")
    assert shown[0] == "password of demo@example.com"
    assert (await little.login(email, shown[1]))["access_token"]


async def test_settings_without_users_are_told(
    database: Database, blank_database: str, tmp_path: Path
) -> None:
    async with database.session() as session:
        seeding = Seeding(session, DatabaseSettings(DATABASE_URL=blank_database), tmp_path)
        with pytest.raises(TypeError, match="must inherit UserSettings"):
            await demo_user(seeding, describe())
