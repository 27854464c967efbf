"""What only this system knows, for the tests that are the same in every system."""

import secrets
from itertools import count
from typing import Any, ClassVar

from app.core.security import Scope
from app.services.auth_service import users
from padstone.auth.users import UserAdministration
from padstone.testing.contract import Caller, row
from padstone.testing.contract import World as Contract

__all__ = ["World"]

_NUMBERS = count(2)


class World(Contract):
    """Insights: prompts are the team's, analyses and files are their owner's."""

    open = frozenset({"get_health"})
    # An admin sees all users; a configuration has the same keys for everybody.
    shared = frozenset({"prompt_id", "version", "label", "user_id", "key"})
    bodies: ClassVar[dict[str, Any]] = {
        "set_configuration": {"value": "de"},
        "set_system_configuration": {"value": "de"},
    }
    absent: ClassVar[dict[str, str]] = {
        "key": "no.such.key",
        "label": "no-such-label",
        "version": "999999",
    }
    other_keys: ClassVar[dict[str, str]] = {
        "login_attempts": "a keyed hash, so that no address is stored",
        "analysis_events": "the analysis and the number within it, by which events are followed",
    }
    # They have every key that the code knows.
    lists: ClassVar[dict[str, str | None]] = {
        "list_configurations": None,
        "list_files": "file_id",
        "list_system_configurations": None,
    }
    values: ClassVar[dict[str, dict[str, Any]]] = {
        "analysis_results": {"findings": []},
        "prompt_versions": {"criteria": []},
    }

    async def variables(self) -> dict[str, str]:
        email, password = f"someone{next(_NUMBERS)}@example.com", secrets.token_urlsafe(12)
        async with self.database.session() as session:
            people = UserAdministration.apart(session, users, self.settings)
            await people.create(email, password_hash=await people.hashed(password, email))
        admin = await self.callers.able([Scope.USERS_MANAGE])
        return {"EMAIL": email, "PASSWORD": password, "ADMIN": admin.secret}

    @row
    async def user_id(self, _: Caller) -> str:
        return str((await self.callers.able(())).subject)

    @row
    async def version(self, caller: Caller, prompt_id: str) -> str:
        operation = self.operations["create_prompt_version"]
        made = await self.call(operation, caller, rows={"prompt_id": prompt_id})
        return str(made.json()["version"])

    @row
    async def label(self, caller: Caller, prompt_id: str) -> str:
        name = f"label-{next(_NUMBERS)}"
        rows = {"prompt_id": prompt_id, "label": name}
        await self.call(self.operations["set_prompt_label"], caller, rows=rows, json={"version": 1})
        return name

    @row
    async def upload_id(self, caller: Caller) -> str:
        made = await self.call(self.operations["create_upload"], caller)
        return str(made.json()["upload"]["id"])

    @row
    async def file_id(self, caller: Caller, upload_id: str) -> str:
        operation = self.operations["add_files"]
        one = [("files", (f"{next(_NUMBERS)}.txt", b"words"))]
        made = await self.call(operation, caller, rows={"upload_id": upload_id}, files=one)
        return str(made.json()["verdicts"][0]["id"])

    @row
    async def key(self, _: Caller) -> str:
        return "analysis.language"
