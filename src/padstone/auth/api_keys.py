"""What a system says about its API keys."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, bindparam, func, null, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from padstone.auth.key_columns import ApiKeyColumns
from padstone.models import SoftDeleted, columns_read, needs_notify

__all__ = ["CHANNEL", "KEY_COLUMNS", "ApiKeys"]

OwnerForEmail = Callable[[AsyncSession, str], Awaitable[Any]]

CHANNEL = "padstone_api_keys"
"""Where PostgreSQL tells every process of a changed key or owner.

The system's migration makes the two triggers, the second for what ``is_active`` reads; ``padstone
db revision`` writes them::

    create_notify("api_keys", "padstone_api_keys", "key_hash", on=KEY_COLUMNS)
    create_notify("accounts", "padstone_api_keys", "id", on=["status", "deleted_at"])
"""

KEY_COLUMNS = ["key_hash", "scopes", "expires_at", "revoked_at"]
"""What a key's place in memory depends on. ``last_used_at`` is not among them."""


class ApiKeys:
    """Which table holds the keys, whose they are, and when they count.

    ``owner_column`` is the name of ``model``'s foreign key to ``owner``, ``is_active`` the
    condition on ``owner`` under which its keys are accepted (a deleted owner's never are).
    ``scopes`` are all there are, and ``default_scopes``, all of them unless said, what ``padstone
    keys create`` gives where it is told none. ``owner_for_email`` finds or makes the owner that
    this command makes a key for. A rotated key goes on working for ``max_overlap`` at most.

    Where owners have roles, ``role`` is that column of ``owner`` and ``roles`` gives each role its
    scopes: a key then never may more than its owner, also when the owner's role has changed since.
    The second trigger tells of this column too.

    A process remembers up to ``cache_size`` keys: for ``cache_seconds`` while the database tells
    of changes, and for ``cache_seconds_unheard`` while that connection is down. ``last_used_at``
    is written once in ``usage_seconds``.
    """

    def __init__(  # noqa: PLR0913  # one place where everything is named
        self,
        *,
        model: type[ApiKeyColumns],
        owner: type[Any],
        owner_column: str,
        is_active: ColumnElement[bool] | InstrumentedAttribute[bool],
        scopes: Iterable[str] = (),
        default_scopes: Iterable[str] | None = None,
        owner_for_email: OwnerForEmail | None = None,
        role: ColumnElement[str] | InstrumentedAttribute[str] | None = None,
        roles: Mapping[str, Iterable[str]] | None = None,
        max_overlap: timedelta = timedelta(days=7),
        cache_seconds: float = 30.0,
        cache_seconds_unheard: float = 1.0,
        cache_size: int = 10_000,
        usage_seconds: float = 10.0,
    ) -> None:
        self.model = model
        self.owner = owner
        self.owner_column = owner_column
        self.owner_id: ColumnElement[UUID] = getattr(model, owner_column)
        self.scopes = frozenset(map(str, scopes))
        given = self.scopes if default_scopes is None else default_scopes
        self.default_scopes = frozenset(map(str, given))
        self.owner_for_email = owner_for_email
        if (role is None) is not (roles is None):
            raise ValueError("role and roles are given together, or neither")
        self.role = role
        self.roles = {name: frozenset(map(str, own)) for name, own in (roles or {}).items()}
        self.max_overlap = max_overlap
        self.cache_seconds = cache_seconds
        self.cache_seconds_unheard = cache_seconds_unheard
        self.cache_size = cache_size
        self.usage_seconds = usage_seconds
        self.lookup = self._lookup(is_active)
        self._ask_to_be_told()

    def allowed(self, scopes: Iterable[str], role: str | None) -> frozenset[str]:
        """What a key with ``scopes`` may do while its owner has ``role``.

        A scope or a role that the system no longer knows allows nothing.
        """
        held = self.scopes if self.role is None else self.roles.get(role or "", frozenset())
        return frozenset(scopes) & self.scopes & held

    def _ask_to_be_told(self) -> None:
        model: Any = self.model
        owners = self.owner.__table__
        needs_notify(model.__table__, CHANNEL, "key_hash", on=KEY_COLUMNS)
        needs_notify(owners, CHANNEL, "id", on=columns_read(self.lookup, owners))

    def _lookup(self, is_active: ColumnElement[bool] | InstrumentedAttribute[bool]) -> Executable:
        model, owner = self.model, self.owner
        statement = (
            select(
                model.id,
                self.owner_id.label("owner_id"),
                model.scopes,
                model.expires_at,
                (null() if self.role is None else self.role).label("role"),
            )
            .join(owner, owner.id == self.owner_id)
            .where(
                model.key_hash == bindparam("key_hash"),
                model.revoked_at.is_(None),
                or_(model.expires_at.is_(None), model.expires_at > func.now()),
                is_active,
            )
        )
        # Our sessions add this by themselves; whoever runs the statement otherwise needs it too.
        if issubclass(owner, SoftDeleted):
            statement = statement.where(owner.deleted_at.is_(None))
        return statement
