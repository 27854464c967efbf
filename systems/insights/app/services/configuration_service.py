"""Configurations: a user's own value counts, else the system's, else the default of the key."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ValidationError as PydanticValidationError
from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.configuration_keys import KEYS, ConfigurationKey, ConfigurationName
from app.core.exceptions import ConfigurationNotPersonalError
from app.models import Configuration
from app.schemas.configuration import ConfigurationRead
from padstone.cache import Cache
from padstone.errors import FieldError, NotFoundError, ValidationError
from padstone.ids import new_id

__all__ = [
    "cached",
    "drop_cached",
    "effective",
    "effective_one",
    "find_key",
    "remove_value",
    "set_value",
    "shown",
]


_EVERYBODY = "configurations"
_FRESH_SECONDS = 60.0


class Stored(NamedTuple):
    """A value that was set, for one key."""

    value: Any
    is_own: bool


def find_key(name: str) -> ConfigurationKey:
    """The key of this name, or ``NotFoundError``."""
    if name not in KEYS:
        raise NotFoundError("There is no such configuration.")
    return KEYS[ConfigurationName(name)]


async def cached(
    cache: Cache, session: AsyncSession, user_id: UUID | None
) -> list[ConfigurationRead]:
    """What ``effective`` says, from the cache where it can; it is dropped with every change."""

    async def produce() -> list[ConfigurationRead]:
        return await effective(session, user_id)

    return await cache.get_or_set(
        f"configurations:{user_id or 'system'}",
        produce,
        model=list[ConfigurationRead],
        ttl=_FRESH_SECONDS,
        tags=[_EVERYBODY, _tag(user_id)],
    )


def drop_cached(cache: Cache, session: AsyncSession, owner: UUID | None) -> None:
    """Drops what a change of the owner's value makes wrong: of the system's, everybody's."""
    tag = _EVERYBODY if owner is None else _tag(owner)
    cache.drop_after_commit(session, tags=[tag])


async def effective(session: AsyncSession, user_id: UUID | None) -> list[ConfigurationRead]:
    """Every key with the value that counts for a user, or without one for the system."""
    stored = await _stored(session, user_id, KEYS)
    return [shown(key, stored.get(key.name)) for key in KEYS.values()]


async def effective_one(
    session: AsyncSession, user_id: UUID | None, key: ConfigurationKey
) -> ConfigurationRead:
    """The same for one key. Its ``value`` is what services and jobs go by."""
    stored = await _stored(session, user_id, [key.name])
    return shown(key, stored.get(key.name))


async def set_value(
    session: AsyncSession, key: ConfigurationKey, value: Any, *, owner: UUID | None, set_by: UUID
) -> None:
    """Sets the value of the user ``owner``, or without one the system's.

    Raises ``ValidationError`` for a value that is not of the key's type, and
    ``ConfigurationNotPersonalError`` where users have no values of their own.
    """
    if owner is not None:
        _require_personal(key)
    checked = _checked(key, value)
    row = insert(Configuration).values(
        id=new_id(), user_id=owner, key=key.name, value=checked, set_by=set_by
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[Configuration.user_id, Configuration.key],
            set_={"value": row.excluded.value, "set_by": row.excluded.set_by},
            where=Configuration.value.is_distinct_from(row.excluded.value),
        )
    )


async def remove_value(session: AsyncSession, key: ConfigurationKey, owner: UUID | None) -> None:
    """Takes the value away, so that the next one counts; one that was not set is as good."""
    if owner is not None:
        _require_personal(key)
    await session.execute(
        delete(Configuration).where(
            Configuration.key == key.name, Configuration.user_id.is_not_distinct_from(owner)
        )
    )


def shown(key: ConfigurationKey, stored: Stored | None) -> ConfigurationRead:
    """The key with the value that counts.

    A stored value that the key does not allow any more, since its type is another by now, counts
    as not set.
    """
    source, value = "default", key.default
    if stored is not None and _is_allowed(key, stored.value):
        source, value = "user" if stored.is_own else "system", stored.value
    return ConfigurationRead(
        key=key.name,
        value=value,
        source=source,
        default=key.default,
        is_personal=key.is_personal,
        description=key.description,
    )


async def _stored(
    session: AsyncSession, user_id: UUID | None, names: Iterable[ConfigurationName]
) -> Mapping[str, Stored]:
    """What was set: of the two values that a key may have, the user's own."""
    rows = await session.execute(
        select(Configuration.key, Configuration.value, Configuration.user_id)
        .where(
            Configuration.key.in_([str(name) for name in names]),
            or_(Configuration.user_id.is_(None), Configuration.user_id == user_id),
        )
        # The system's comes first, so that the user's own replaces it.
        .order_by(Configuration.user_id.is_not(None))
    )
    return {row.key: Stored(row.value, row.user_id is not None) for row in rows}


def _tag(user_id: UUID | None) -> str:
    return f"configurations of {user_id or 'system'}"


def _require_personal(key: ConfigurationKey) -> None:
    if not key.is_personal:
        raise ConfigurationNotPersonalError


def _checked(key: ConfigurationKey, value: Any) -> Any:
    try:
        return key.adapter.validate_python(value)
    except PydanticValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        message = f"is no value of {key.name}: {found[0]['msg']}"
        raise ValidationError(errors=[FieldError("body.value", message)]) from None


def _is_allowed(key: ConfigurationKey, value: Any) -> bool:
    try:
        key.adapter.validate_python(value)
    except PydanticValidationError:
        return False
    return True
