from typing import Any

import pytest
from pydantic import Field

from padstone.auth.users import UserRegister, user_routes

from .conftest import EMAIL, PASSWORD, Little, describe


async def test_a_persons_whole_way(little: Little) -> None:
    await little.register()
    tokens = await little.login()
    me = await little.get("/auth/me", tokens["access_token"])
    assert me.json()["email"] == EMAIL
