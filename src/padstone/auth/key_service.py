"""What an owner does with API keys."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.api_keys import ApiKeys
from padstone.auth.key_columns import ApiKeyColumns
from padstone.auth.key_format import ApiKeySecret, generate, is_live
from padstone.db import after_commit
from padstone.errors import (
    ConflictError,
    FieldError,
    NotFoundError,
    PermissionDeniedError,
    ValidationError,
)
from padstone.ids import new_id
from padstone.principal import Principal

__all__ = ["ApiKeyService", "KeyNotRotatableError", "NewKey"]


_LONGEST_LIFE = timedelta(days=36_525)  # far from the end of what a timestamp can hold


class KeyNotRotatableError(ConflictError):
    code = "key_not_rotatable"
    detail = "Only a key that works and was not rotated before can be rotated."


class NewKey(NamedTuple):
    """A new key's row, and its secret, which can be shown now and never again."""

    key: ApiKeyColumns
    secret: str


class ApiKeyService:
    """Keys of one owner at a time; another owner's key does not exist as far as it can tell.

    It works in the caller's transaction. ``forget`` is told the hash of each changed key after the
    commit: an authenticator's ``forget``, so that this process knows at once what the others hear
    from the database.
    """

    def __init__(
        self,
        session: AsyncSession,
        keys: ApiKeys,
        *,
        forget: Callable[[bytes], None] | None = None,
    ) -> None:
        self._session = session
        self._keys = keys
        self._forget = forget

    async def create(  # the columns of a key
        self,
        owner_id: UUID,
        *,
        name: str,
        scopes: Iterable[str] = (),
        live: bool = True,
        expires_at: datetime | None = None,
        granted_by: Principal | None = None,
        secret: ApiKeySecret | None = None,
    ) -> NewKey:
        """A new key. ``secret`` is one that was generated before, for demo data.

        Raises ``ValidationError`` for a scope that does not exist or an expiry that has passed, and
        ``PermissionDeniedError`` for a scope that ``granted_by`` does not hold.
        """
        wanted = set(scopes)
        self._check_scopes(wanted, granted_by)
        if expires_at is not None:
            _check_expiry(expires_at)
        shown = secret or generate(live=live)
        key = self._keys.model()
        key.id = new_id()
        setattr(key, self._keys.owner_column, owner_id)
        key.name, key.scopes, key.expires_at = name, sorted(wanted), expires_at
        key.prefix, key.key_hash = shown.prefix, shown.hash
        self._session.add(key)
        await self._session.flush()
        return NewKey(key, shown.secret)

    def statement(self, owner_id: UUID) -> Select[ApiKeyColumns]:
        """The owner's keys, those that no longer work among them, for a page or a list."""
        return select(self._keys.model).where(self._keys.owner_id == owner_id)

    async def get(self, owner_id: UUID, key_id: UUID) -> ApiKeyColumns:
        """One key. Raises ``NotFoundError``."""
        return await self._one(self.statement(owner_id), key_id)

    async def rename(self, owner_id: UUID, key_id: UUID, name: str) -> ApiKeyColumns:
        """The key under a new name. Raises ``NotFoundError``."""
        key = await self.get(owner_id, key_id)
        key.name = name
        await self._session.flush()
        return key

    async def rotate(
        self,
        owner_id: UUID,
        key_id: UUID,
        *,
        overlap: timedelta,
        granted_by: Principal | None = None,
    ) -> NewKey:
        """A new key with the same name and scopes; the old one works for ``overlap`` longer.

        A key that was made to expire is followed by one that lives as long, from now. Raises
        ``KeyNotRotatableError`` for a key that is revoked, expired or rotated already.
        """
        if not timedelta(0) <= overlap <= self._keys.max_overlap:
            most = self._keys.max_overlap.total_seconds()
            raise ValidationError(
                errors=[FieldError("overlap_seconds", f"must be between 0 and {most:.0f}")]
            )
        now = datetime.now(UTC)
        old = await self._locked(owner_id, key_id)
        if old.revoked_at or old.rotated_to or (old.expires_at and old.expires_at <= now):
            raise KeyNotRotatableError
        new = await self.create(
            owner_id,
            name=old.name,
            scopes=self._keys.scopes & set(old.scopes),
            live=is_live(old.prefix),
            expires_at=now + (old.expires_at - old.created_at) if old.expires_at else None,
            granted_by=granted_by,
        )
        end = now + overlap
        old.expires_at = min(old.expires_at, end) if old.expires_at else end
        old.rotated_to = new.key.id
        await self._changed(old)
        return new

    async def revoke(self, owner_id: UUID, key_id: UUID) -> ApiKeyColumns:
        """The key, refused from the commit on; revoking it again changes nothing."""
        key = await self._locked(owner_id, key_id)
        if key.revoked_at is None:
            key.revoked_at = datetime.now(UTC)
            await self._changed(key)
        return key

    async def _locked(self, owner_id: UUID, key_id: UUID) -> ApiKeyColumns:
        # As it is once the lock is had, not as this session may have seen it before.
        statement = self.statement(owner_id).with_for_update()
        return await self._one(statement.execution_options(populate_existing=True), key_id)

    async def _one(self, statement: Select[ApiKeyColumns], key_id: UUID) -> ApiKeyColumns:
        key = await self._session.scalar(statement.where(self._keys.model.id == key_id))
        if key is None:
            raise NotFoundError("There is no such key.")
        return key

    async def _changed(self, key: ApiKeyColumns) -> None:
        await self._session.flush()
        if (forget := self._forget) is not None:
            key_hash = key.key_hash
            after_commit(self._session, lambda: forget(key_hash))

    def _check_scopes(self, wanted: AbstractSet[str], granted_by: Principal | None) -> None:
        if not wanted <= self._keys.scopes:
            known = ", ".join(sorted(self._keys.scopes))
            raise ValidationError(errors=[FieldError("scopes", f"may hold only: {known}")])
        if granted_by is not None and (missing := wanted - granted_by.scopes):
            raise PermissionDeniedError(
                f"These credentials lack {', '.join(sorted(missing))}, so they cannot give it to a "
                "key."
            )


def _check_expiry(expires_at: datetime) -> None:
    now = datetime.now(UTC)
    message = None
    if expires_at <= now:
        message = "has passed already"
    elif expires_at > now + _LONGEST_LIFE:
        message = "is too far away; leave it out for a key that never expires"
    if message:
        raise ValidationError(errors=[FieldError("expires_at", message)])
