"""What only this system knows, for the tests that are the same in every system."""

import secrets
from itertools import count
from typing import Any, ClassVar

from app.core.security import KEY_SCOPES, Scope
from app.services.conversations import record
from app.services.credits import ledger
from app.services.keys import api_keys
from app.services.users import users
from padstone.auth import ApiKeyService
from padstone.auth.users import UserAdministration
from padstone.crypto import Ciphertext
from padstone.ids import decode_public_id
from padstone.providers import Message
from padstone.testing.contract import Caller, row
from padstone.testing.contract import World as Contract

__all__ = ["World"]

_NUMBERS = count(1)


class World(Contract):
    """The assistant: everybody has the same rights over what is their own; admins manage users."""

    open = frozenset({"get_health", "get_index"})
    shared = frozenset({"model", "user_id"})
    other_keys: ClassVar[dict[str, str]] = {
        "login_attempts": "a keyed hash, so that no address is stored",
    }
    absent: ClassVar[dict[str, str]] = {"model": "nobody"}
    safe: ClassVar[dict[str, str]] = {
        "PROVIDERS": '[{"name": "echo", "kind": "echo", "models": ["echo"]}]',
    }
    values: ClassVar[dict[str, dict[str, Any]]] = {
        "metered_calls": {"reserved_micros": 0},
        "conversations": {"title": Ciphertext(b"x")},
        "conversation_messages": {"body": Ciphertext(b"x")},
    }
    lists: ClassVar[dict[str, str | None]] = {
        "list_credit_entries": "grant",
        "list_messages": "message",
    }

    async def variables(self) -> dict[str, str]:
        email, password = "someone@example.com", secrets.token_urlsafe(12)
        async with self.database.session() as session:
            people = UserAdministration.apart(session, users, self.settings)
            hashed = await people.hashed(password, email)
            user = await people.create(email, password_hash=hashed)
            key = await ApiKeyService(session, api_keys).create(
                user.id, name="docs", scopes=KEY_SCOPES
            )
        admin = await self.callers.able([Scope.USERS_MANAGE])
        return {
            "EMAIL": email,
            "PASSWORD": password,
            "KEY": key.secret,
            "ADMIN": admin.secret,
        }

    @row
    async def model(self, _: Caller) -> str:
        return "echo"

    @row
    async def user_id(self, _: Caller) -> str:
        return str((await self.callers.able(())).subject)

    @row
    async def grant(self, caller: Caller) -> str:
        async with self.database.session() as session:
            entry = await ledger.grant(session, caller.subject, 1000, key=f"g{next(_NUMBERS)}")
            return str(entry.id)

    @row
    async def message(self, caller: Caller, conversation_id: str) -> str:
        said = Message(role="user", content=f"Question {next(_NUMBERS)}")
        async with self.database.session() as session:
            kept = await record(
                session,
                self.running.state["keyring"],
                caller.subject,
                decode_public_id("conv", conversation_id),
                [said],
                None,
                model="echo",
            )
            return str(kept.message_count)
