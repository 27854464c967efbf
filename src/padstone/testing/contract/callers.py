"""Who calls: callers that may do what a test needs, callers that may not, and nobody."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from padstone.auth import ApiKeys, ApiKeyService, generate
from padstone.db import Database
from padstone.ids import new_id
from padstone.testing.running import Running

__all__ = ["Caller", "Callers", "callers_of"]


@dataclass(frozen=True, eq=False)
class Caller:
    """Somebody whose credentials are good.

    ``subject`` is whose rows may be reached, ``secret`` what stands in the headers.
    """

    subject: UUID
    secret: str = field(repr=False)
    scopes: frozenset[str]

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a request of theirs."""
        return {"Authorization": f"Bearer {self.secret}"}


class Callers(Protocol):
    """Makes callers, each of them new."""

    async def able(self, scopes: Collection[str]) -> Caller:
        """One who may do what ``scopes`` allow, and as little else as can be."""

    async def lacking(self, scopes: Collection[str]) -> Mapping[str, Caller]:
        """Those who lack some of ``scopes``, by what they are."""

    async def mightiest(self) -> Caller:
        """One who may do the most."""

    async def session(self, caller: Caller) -> str:
        """The id of another session of ``caller``, where callers sign in."""

    async def refused(self) -> Mapping[str, str]:
        """Secrets that are good for nothing, by what is wrong with them."""


def callers_of(running: Running) -> Callers:
    """Callers of every kind that the system knows: by API key, by signing in, or both."""
    plan, database = running.app.plan, running.state["database"]
    users = getattr(plan, "users", None)
    kinds: list[Callers] = []
    if users is not None:
        kinds.append(_Users(database, users, running.state["settings"]))
    if plan.api_keys is not None:
        kinds.append(_Keys(database, plan.api_keys))
    if not kinds:
        raise AssertionError("create_app was given neither users nor api_keys: who could call?")
    return kinds[0] if len(kinds) == 1 else _Both(kinds)


class _Keys:
    """By API key: any set of scopes may be had."""

    def __init__(self, database: Database, keys: ApiKeys) -> None:
        self._database, self._keys = database, keys

    async def able(self, scopes: Collection[str]) -> Caller:
        assert set(scopes) <= self._keys.scopes, f"no key can have the scopes {sorted(scopes)}"
        return await self._make(self._keys.scopes)

    async def lacking(self, scopes: Collection[str]) -> Mapping[str, Caller]:
        return {
            f"a key with all but {scope}": await self._make(self._keys.scopes - {scope})
            for scope in sorted(scopes)
        }

    async def mightiest(self) -> Caller:
        return await self._make(self._keys.scopes)

    async def session(self, caller: Caller) -> str:
        raise AssertionError(f"nobody signs in here, {caller} neither")

    async def refused(self) -> Mapping[str, str]:
        past = datetime.now(UTC) - timedelta(seconds=1)
        return {
            "an unknown key": generate(live=True).secret,
            "an expired key": (await self._make(self._keys.scopes, expires_at=past)).secret,
            "a revoked key": (await self._make(self._keys.scopes, revoked_at=past)).secret,
        }

    async def _make(self, scopes: Collection[str], **values: Any) -> Caller:
        assert self._keys.owner_for_email is not None, "ApiKeys has no owner_for_email"
        async with self._database.session() as session:
            owner = await self._keys.owner_for_email(session, f"{new_id().hex}@example.com")
            made = await ApiKeyService(session, self._keys).create(
                owner.id, name="test", scopes=sorted(scopes)
            )
            for name, value in values.items():
                setattr(made.key, name, value)
            return Caller(owner.id, made.secret, frozenset(scopes))


class _Users:
    """By signing in: what a user may do is what the role may."""

    def __init__(self, database: Database, users: Any, settings: Any) -> None:
        self._database, self._users, self._settings = database, users, settings

    async def able(self, scopes: Collection[str]) -> Caller:
        roles = [role for role, own in self._users.roles.items() if set(scopes) <= set(own)]
        assert roles, f"no role has the scopes {sorted(scopes)}"
        default = self._users.default_role
        # The one that strangers are given, or else the poorest.
        role = default if default in roles else min(roles, key=lambda one: len(self._scopes(one)))
        return await self._make(role)

    async def lacking(self, scopes: Collection[str]) -> Mapping[str, Caller]:
        roles = [role for role in self._users.roles if not set(scopes) <= self._scopes(role)]
        return {f"a user with the role {role}": await self._make(role) for role in roles}

    async def mightiest(self) -> Caller:
        return await self._make(max(self._users.roles, key=lambda one: len(self._scopes(one))))

    async def session(self, caller: Caller) -> str:
        """Another device on which ``caller`` is signed in."""
        device = self._users.session_model()
        device.id, device.user_id = new_id(), caller.subject
        device.expires_at = datetime.now(UTC) + timedelta(days=1)
        async with self._database.session() as session:
            session.add(device)
        return str(device.id)

    async def refused(self) -> Mapping[str, str]:
        from padstone.auth.users.access_token import AccessTokens

        caller = await self._make(self._users.default_role)
        expired, _ = AccessTokens(self._settings).issue(
            caller.subject, new_id(), at_most=time.time()
        )
        unknown, _ = AccessTokens(self._settings).issue(
            caller.subject, new_id(), at_most=time.time() + 60
        )
        head, _, signature = caller.secret.rpartition(".")
        return {
            "an expired token": expired,
            "a token of an unknown session": unknown,
            "a token that is signed by somebody else": f"{head}.{signature[::-1]}",
            "a token of a suspended user": (
                await self._make(self._users.default_role, suspended_at=datetime.now(UTC))
            ).secret,
        }

    def _scopes(self, role: str) -> frozenset[str]:
        return frozenset(self._users.roles[role])

    async def _make(self, role: str, **values: Any) -> Caller:
        from padstone.testing.users import sign_in

        async with self._database.session() as session:
            signed = await sign_in(session, self._users, self._settings, role=role, **values)
            secret = signed.headers["Authorization"].removeprefix("Bearer ")
            return Caller(signed.user.id, secret, self._scopes(role))


class _Both:
    """Every kind on the same operations."""

    def __init__(self, kinds: list[Callers]) -> None:
        self._kinds = kinds

    async def able(self, scopes: Collection[str]) -> Caller:
        return await self._kinds[0].able(scopes)

    async def lacking(self, scopes: Collection[str]) -> Mapping[str, Caller]:
        return {
            name: one for kind in self._kinds for name, one in (await kind.lacking(scopes)).items()
        }

    async def mightiest(self) -> Caller:
        return await self._kinds[0].mightiest()

    async def session(self, caller: Caller) -> str:
        return await self._kinds[0].session(caller)

    async def refused(self) -> Mapping[str, str]:
        found = [await kind.refused() for kind in self._kinds]
        return {name: one for part in found for name, one in part.items()}
