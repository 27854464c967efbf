"""Who calls: callers that may do what a test needs, callers that may not, and nobody."""

import time
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from padstone.auth import ApiKeys, ApiKeyService, generate
from padstone.auth.cookie_sessions.secret import CookieSecret
from padstone.db import Database
from padstone.ids import new_id
from padstone.principal import Principal
from padstone.testing.contract.caller import Browser, Caller, Callers, bearer
from padstone.testing.running import Running

if TYPE_CHECKING:
    # A system without users need not have what they need.
    from padstone.auth.cookie_sessions import OpenedCookieSessions

__all__ = ["callers_of"]


def callers_of(running: Running) -> Callers:
    """Callers of every kind that the system knows: by API key, token and cookie."""
    plan, database = running.application.plan, running.state["database"]
    settings = running.state["settings"]
    kinds: list[Callers] = []
    if plan.users is not None:
        kinds.append(_Users(database, plan.users, settings))
    if plan.users is not None and plan.sessions is not None:
        kinds.append(_Browsers(database, plan.users, settings, running.state["sessions"]))
    if plan.api_keys is not None:
        kinds.append(_Keys(database, plan.api_keys))
    if not kinds:
        raise AssertionError("create_app was given neither users nor api_keys: who could call?")
    return kinds[0] if len(kinds) == 1 else _All(kinds)


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

    async def browser(self, scopes: Collection[str]) -> Browser | None:  # noqa: ARG002  # nobody
        return None

    async def session(self, caller: Caller) -> str:
        raise AssertionError(f"nobody signs in here, {caller} neither")

    async def browser_session(self, caller: Caller) -> str:
        return await self.session(caller)

    async def refused(self) -> Mapping[str, Mapping[str, str]]:
        past = datetime.now(UTC) - timedelta(seconds=1)
        return {
            "an unknown key": bearer(generate(live=True).secret),
            "an expired key": (await self._make(self._keys.scopes, expires_at=past)).headers,
            "a revoked key": (await self._make(self._keys.scopes, revoked_at=past)).headers,
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

    async def browser(self, scopes: Collection[str]) -> Browser | None:  # noqa: ARG002  # nobody
        return None

    async def browser_session(self, caller: Caller) -> str:
        raise AssertionError(f"no browser signs in here, that of {caller} neither")

    async def session(self, caller: Caller) -> str:
        """Another device on which ``caller`` is signed in."""
        device = self._users.session_model()
        device.id, device.user_id = new_id(), caller.subject
        device.expires_at = datetime.now(UTC) + timedelta(days=1)
        async with self._database.session() as session:
            session.add(device)
        return str(device.id)

    async def refused(self) -> Mapping[str, Mapping[str, str]]:
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
            "an expired token": bearer(expired),
            "a token of an unknown session": bearer(unknown),
            "a token that is signed by somebody else": bearer(f"{head}.{signature[::-1]}"),
            "a token of a suspended user": (
                await self._make(self._users.default_role, suspended_at=datetime.now(UTC))
            ).headers,
        }

    def _scopes(self, role: str) -> frozenset[str]:
        return frozenset(self._users.roles[role])

    async def _make(self, role: str, **values: Any) -> Caller:
        from padstone.testing.users import sign_in

        async with self._database.session() as session:
            signed = await sign_in(session, self._users, self._settings, role=role, **values)
            secret = signed.headers["Authorization"].removeprefix("Bearer ")
            return Caller(signed.user.id, secret, self._scopes(role))


class _Browsers(_Users):
    """By cookie: the same users, who show it in place of a token."""

    def __init__(
        self, database: Database, users: Any, settings: Any, sessions: "OpenedCookieSessions"
    ) -> None:
        super().__init__(database, users, settings)
        self._sessions = sessions

    async def lacking(self, scopes: Collection[str]) -> Mapping[str, Caller]:
        found = await super().lacking(scopes)
        return {f"a browser of {name}": one for name, one in found.items()}

    async def browser(self, scopes: Collection[str]) -> Browser | None:
        able = await self.able(scopes)
        assert isinstance(able, Browser)
        return able

    async def browser_session(self, caller: Caller) -> str:
        from padstone.auth.users.sessions import Device

        async with self._database.read_session() as session:
            user = await session.get_one(self._users.model, caller.subject)
        begun = await self._sessions.begin(user.id, user.browser_generation, Device())
        return str(begun.session.id)

    async def refused(self) -> Mapping[str, Mapping[str, str]]:
        role, now = self._users.default_role, datetime.now(UTC)
        good, ended, former = [await self._make(role) for _ in range(3)]
        shown = CookieSecret.parse(ended.secret)
        assert shown is not None
        await self._sessions.end(Principal(ended.subject, shown.session_id, "session"))
        async with self._database.session() as session:
            user = await session.get_one(self._users.model, former.subject)
            user.browser_generation += 1
        self._sessions.users.authenticator.forget_user(former.subject)
        texts = {
            "a cookie that is none of ours": "nonsense",
            "a cookie of an unknown session": CookieSecret.new(new_id()).text,
            "a cookie with another secret": f"{good.secret[:30]}{'A' * 37}",
            "a cookie of a session that has ended": ended.secret,
            "a cookie of sessions that have all ended": former.secret,
            "a cookie of a suspended user": (await self._make(role, suspended_at=now)).secret,
        }
        name = self._sessions.cookie.name
        return {what: {"Cookie": f"{name}={text}"} for what, text in texts.items()}

    async def _make(self, role: str, **values: Any) -> Caller:
        from padstone.auth.users.sessions import Device
        from padstone.testing.users import sign_in

        async with self._database.session() as session:
            signed = await sign_in(session, self._users, self._settings, role=role, **values)
        user = signed.user
        begun = await self._sessions.begin(user.id, user.browser_generation, Device())
        return Browser(
            user.id,
            begun.secret.text,
            self._scopes(role),
            self._sessions.cookie.name,
            self._sessions.csrf.token(begun.session.id),
        )


class _All:
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

    async def browser(self, scopes: Collection[str]) -> Browser | None:
        found = [await kind.browser(scopes) for kind in self._kinds]
        return next((one for one in found if one is not None), None)

    async def session(self, caller: Caller) -> str:
        return await self._kinds[0].session(caller)

    async def browser_session(self, caller: Caller) -> str:
        kind = next((one for one in self._kinds if isinstance(one, _Browsers)), self._kinds[0])
        return await kind.browser_session(caller)

    async def refused(self) -> Mapping[str, Mapping[str, str]]:
        found = [await kind.refused() for kind in self._kinds]
        return {name: one for part in found for name, one in part.items()}
