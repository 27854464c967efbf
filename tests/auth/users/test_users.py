from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.users import UserAdministration
from padstone.testing.users import sign_in

from .conftest import EMAIL, PASSWORD, Little, Settings, StartLittle, describe, make_application

NEW = "a wholly other sentence"


def test_roles_have_scopes() -> None:
    users = describe()
    assert users.roles["buyer"] == {"things:read"}
    assert users.scopes == {"things:read", "things:write"}


def test_who_registers_gets_a_role_that_exists() -> None:
    with pytest.raises(ValueError, match="'king' is none of the roles"):
        describe(default_role="king")


@pytest.mark.parametrize("verified", [True, False])
def test_the_condition_names_all_that_counts(verified: bool) -> None:  # noqa: FBT001
    condition = str(describe(require_verified=verified).is_active)
    assert "suspended_at IS NULL" in condition
    assert "deleted_at IS NULL" in condition
    assert ("email_verified_at IS NOT NULL" in condition) is verified


def test_building_an_application_opens_nothing() -> None:
    make_application(Settings())


async def _by_the_mailed_link(little: Little) -> None:
    await little.register()


async def _by_forgetting_the_password(little: Little) -> None:
    await little.post("register", email=EMAIL, password=PASSWORD)
    await little.mailed()
    for _ in range(2):  # the second one verifies nothing more
        await little.post("forgot-password", email=EMAIL)
        token = await little.link_token()
        await little.post("reset-password", token=token, password=NEW)
        await little.mailed()


async def _by_an_operator(little: Little) -> None:
    async with little.database.session() as session:
        await UserAdministration(session, little.opened).create(EMAIL)


async def _by_a_test(little: Little) -> None:
    async with little.database.session() as session:
        await sign_in(session, little.opened.users, little.opened.settings, email=EMAIL)


@pytest.mark.parametrize(
    "verify", [_by_the_mailed_link, _by_forgetting_the_password, _by_an_operator, _by_a_test]
)
async def test_the_system_is_told_of_a_verified_user(
    start: StartLittle, verify: Callable[[Little], Awaitable[None]]
) -> None:
    told: list[tuple[UUID, str]] = []

    async def welcome(session: AsyncSession, user_id: UUID) -> None:
        user = await session.get_one(users.model, user_id)
        told.append((user_id, user.email))

    users = describe(on_verified=welcome)
    little = await start(users=users)
    await verify(little)
    user_id = await little.scalar("SELECT id FROM users WHERE email_verified_at IS NOT NULL")
    assert told == [(user_id, EMAIL)]


async def test_an_address_stays_unverified_where_the_system_fails(start: StartLittle) -> None:
    async def welcome(_session: AsyncSession, _user_id: UUID) -> None:
        raise LookupError

    little = await start(users=describe(on_verified=welcome))
    await little.post("register", email=EMAIL, password=PASSWORD)
    answer = await little.post("verify-email", token=await little.link_token())
    assert answer.status_code == 500
    assert await little.scalar("SELECT email_verified_at FROM users") is None
