import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth import ApiKeys, ApiKeyService, KeyNotRotatableError, NewKey, generate, parse
from padstone.db import Database
from padstone.errors import NotFoundError, PermissionDeniedError, ValidationError
from padstone.principal import Principal

MakeKey = Callable[..., Awaitable[NewKey]]
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.session() as session:
        yield session


@pytest.fixture
def service(session: AsyncSession, keys: ApiKeys) -> ApiKeyService:
    return ApiKeyService(session, keys)


def holding(*scopes: str) -> Principal:
    return Principal(generate_id(), generate_id(), "api_key", frozenset(scopes))


def generate_id() -> UUID:
    return UUID(int=7)


async def test_a6_the_secret_is_in_the_answer_and_nowhere_else(
    service: ApiKeyService, session: AsyncSession, owner_id: UUID
) -> None:
    made = await service.create(owner_id, name="laptop", scopes=["things:read"])
    row = (await session.execute(text("SELECT api_keys::text AS row FROM api_keys"))).scalar_one()
    assert made.secret not in row
    assert made.secret[len(made.key.prefix) :] not in row
    shown = parse(made.secret)
    assert shown is not None
    assert (made.key.prefix, made.key.key_hash) == (shown.prefix, shown.hash)


async def test_a6_scopes_are_sorted_and_known(service: ApiKeyService, owner_id: UUID) -> None:
    wanted = ["things:write", "keys:read", "things:write"]
    made = await service.create(owner_id, name="x", scopes=wanted)
    assert made.key.scopes == ["keys:read", "things:write"]
    with pytest.raises(ValidationError) as caught:
        await service.create(owner_id, name="x", scopes=["things:burn"])
    assert caught.value.errors[0].field == "scopes"
    assert "keys:read, keys:write, things:read, things:write" in caught.value.errors[0].message


async def test_a6_nobody_gives_what_they_do_not_hold(
    service: ApiKeyService, owner_id: UUID
) -> None:
    narrow = holding("keys:write", "things:read")
    await service.create(owner_id, name="x", scopes=["things:read"], granted_by=narrow)
    with pytest.raises(PermissionDeniedError, match="lack things:write"):
        await service.create(
            owner_id, name="x", scopes=["things:read", "things:write"], granted_by=narrow
        )
    wide = await service.create(owner_id, name="x", scopes=["things:write"])
    with pytest.raises(PermissionDeniedError, match="lack things:write"):
        await service.rotate(owner_id, wide.key.id, overlap=HOUR, granted_by=narrow)


async def test_a6_a_key_is_not_born_expired(service: ApiKeyService, owner_id: UUID) -> None:
    with pytest.raises(ValidationError) as caught:
        await service.create(owner_id, name="x", scopes=[], expires_at=datetime.now(UTC))
    assert caught.value.errors[0].field == "expires_at"


async def test_a6_a_secret_made_before_can_be_taken(service: ApiKeyService, owner_id: UUID) -> None:
    secret = generate(live=False)
    made = await service.create(owner_id, name="demo", scopes=[], secret=secret)
    assert made.secret == secret.secret
    assert made.key.prefix == secret.prefix


@pytest.mark.parametrize("name", ["", "x" * 101])
async def test_a6_the_table_refuses_bad_names(
    service: ApiKeyService, session: AsyncSession, owner_id: UUID, name: str
) -> None:
    with pytest.raises(IntegrityError, match="ck_api_keys_name_length"):
        await service.create(owner_id, name=name, scopes=[])
    await session.rollback()


async def test_a6_the_table_refuses_what_is_no_hash(
    session: AsyncSession, new_key: MakeKey
) -> None:
    await new_key()
    with pytest.raises(IntegrityError, match="ck_api_keys_key_hash_is_sha256"):
        await session.execute(text("UPDATE api_keys SET key_hash = 'sk_live_secret'"))
    await session.rollback()


async def test_a6_renaming_is_for_the_owner(
    service: ApiKeyService, owner_id: UUID, new_key: MakeKey
) -> None:
    made = await new_key()
    renamed = await service.rename(owner_id, made.key.id, "desk")
    assert renamed.name == "desk"
    assert (await service.get(owner_id, made.key.id)).name == "desk"


@pytest.mark.parametrize(
    "act",
    [
        lambda service, owner, key: service.get(owner, key),
        lambda service, owner, key: service.rename(owner, key, "mine"),
        lambda service, owner, key: service.rotate(owner, key, overlap=HOUR),
        lambda service, owner, key: service.revoke(owner, key),
    ],
    ids=["get", "rename", "rotate", "revoke"],
)
async def test_a6_anothers_key_does_not_exist(
    service: ApiKeyService,
    new_key: MakeKey,
    new_owner: Callable[[], Awaitable[UUID]],
    act: Callable[..., Awaitable[Any]],
) -> None:
    made = await new_key()
    another = await new_owner()
    for key_id in (made.key.id, generate_id()):
        with pytest.raises(NotFoundError) as caught:
            await act(service, another, key_id)
        assert caught.value.detail == "There is no such key."


async def test_a6_rotation_overlaps(
    service: ApiKeyService, owner_id: UUID, new_key: MakeKey
) -> None:
    made = await new_key(name="ci", scopes=["things:read"], live=False)
    before = datetime.now(UTC)
    new = await service.rotate(owner_id, made.key.id, overlap=HOUR)
    after = datetime.now(UTC)
    old = await service.get(owner_id, made.key.id)
    assert (new.key.name, new.key.scopes, new.key.expires_at) == ("ci", ["things:read"], None)
    assert new.secret.startswith("sk_test_")
    assert new.key.id != old.id
    assert old.rotated_to == new.key.id
    assert old.expires_at is not None
    assert before + HOUR <= old.expires_at <= after + HOUR


async def test_a6_rotation_lengthens_no_life(
    service: ApiKeyService, owner_id: UUID, new_key: MakeKey
) -> None:
    soon = datetime.now(UTC) + HOUR
    made = await new_key(expires_at=soon)
    new = await service.rotate(owner_id, made.key.id, overlap=2 * HOUR)
    old = await service.get(owner_id, made.key.id)
    assert old.expires_at == soon
    assert new.key.expires_at is not None
    assert timedelta(0) <= new.key.expires_at - soon < timedelta(minutes=1), "as long, from now"


@pytest.mark.parametrize(
    "change",
    [
        "revoked_at = now()",
        "expires_at = now() - interval '1 s'",
        "rotated_to = gen_random_uuid()",
    ],
)
async def test_a6_only_a_working_key_is_rotated(
    service: ApiKeyService, session: AsyncSession, owner_id: UUID, new_key: MakeKey, change: str
) -> None:
    made = await new_key()
    await session.execute(text(f"UPDATE api_keys SET {change}"))  # noqa: S608
    with pytest.raises(KeyNotRotatableError):
        await service.rotate(owner_id, made.key.id, overlap=HOUR)


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=7, seconds=1)])
async def test_a6_the_overlap_is_bounded(
    service: ApiKeyService, owner_id: UUID, new_key: MakeKey, overlap: timedelta
) -> None:
    made = await new_key()
    with pytest.raises(ValidationError) as caught:
        await service.rotate(owner_id, made.key.id, overlap=overlap)
    assert caught.value.errors[0].message == "must be between 0 and 604800"


async def test_a6_of_two_rotations_one_wins(
    database: Database, keys: ApiKeys, owner_id: UUID, new_key: MakeKey
) -> None:
    made = await new_key()

    async def rotate() -> NewKey:
        async with database.session() as session:
            service = ApiKeyService(session, keys)
            return await service.rotate(owner_id, made.key.id, overlap=HOUR)

    results = await asyncio.gather(*(rotate() for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(result, NewKey) for result in results) == 1
    assert sum(isinstance(result, KeyNotRotatableError) for result in results) == 7


async def test_a6_revoking_again_changes_nothing(
    service: ApiKeyService, owner_id: UUID, new_key: MakeKey
) -> None:
    made = await new_key()
    first = (await service.revoke(owner_id, made.key.id)).revoked_at
    assert first is not None
    assert (await service.revoke(owner_id, made.key.id)).revoked_at == first


async def test_a6_the_list_is_the_owners_own(
    service: ApiKeyService,
    session: AsyncSession,
    owner_id: UUID,
    new_key: MakeKey,
    new_owner: Callable[[], Awaitable[UUID]],
) -> None:
    mine = await new_key()
    revoked = await new_key()
    await service.revoke(owner_id, revoked.key.id)
    await new_key(owner_id=await new_owner())
    found = await session.scalars(service.statement(owner_id))
    assert {key.id for key in found} == {mine.key.id, revoked.key.id}


async def test_a_change_is_told_after_the_commit_only(
    database: Database, keys: ApiKeys, owner_id: UUID, new_key: MakeKey
) -> None:
    made = await new_key()
    told: list[bytes] = []
    async with database.session() as session:
        service = ApiKeyService(session, keys, forget=told.append)
        async with session.begin_nested():
            await service.revoke(owner_id, made.key.id)
        await service.revoke(owner_id, made.key.id)
        assert told == []
    assert told == [made.key.key_hash]


async def test_a_change_that_is_undone_is_not_told(
    database: Database, keys: ApiKeys, owner_id: UUID, new_key: MakeKey
) -> None:
    made = await new_key()
    told: list[bytes] = []
    async with database.session() as session:
        await ApiKeyService(session, keys, forget=told.append).revoke(owner_id, made.key.id)
        await session.rollback()
    assert told == []
