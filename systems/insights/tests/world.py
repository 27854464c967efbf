"""What only this system knows, for the tests that are the same in every system."""

import secrets
from itertools import count
from typing import Any, ClassVar

from app.core.security import Scope
from app.services.auth_service import users
from app.services.credit_service import ledger
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
        "create_analysis": {
            "name": "Release 2.4",
            "upload_id": "{upload_id}",
            "prompts": [{"prompt_id": "{prompt_id}"}],
            "mode": "manual",
        },
        "set_configuration": {"value": "de"},
        "set_system_configuration": {"value": "de"},
    }
    queries: ClassVar[dict[str, dict[str, Any]]] = {
        "compare_analyses": {"before": "{analysis_id}"},
    }
    absent: ClassVar[dict[str, str]] = {
        "criterion": "other",  # as long as one that there is
        "key": "no.such.key",
        "label": "no-such-label",
        "version": "999999",
    }
    other_keys: ClassVar[dict[str, str]] = {
        "login_attempts": "a keyed hash, so that no address is stored",
        "analysis_events": "the analysis and the number within it, by which events are followed",
    }
    # Configurations have every key that the code knows; results, every criterion that is asked;
    # models are those of the providers.
    lists: ClassVar[dict[str, str | None]] = {
        "list_analysis_results": None,
        "list_configurations": None,
        "list_credit_entries": "grant",
        "list_files": "file_id",
        "list_models": None,
        "list_system_configurations": None,
    }
    values: ClassVar[dict[str, dict[str, Any]]] = {
        "analysis_parts": {"slices": []},
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
    async def analysis_id(self, caller: Caller) -> str:
        """One that is over, so that following it comes to an end."""
        made = await self.create(self.operations["create_analysis"], caller, {})
        rows = {"analysis_id": str(made.json()["id"])}
        await self.call(self.operations["cancel_analysis"], caller, rows=rows)
        return rows["analysis_id"]

    @row
    async def prompt_version_id(self, caller: Caller, analysis_id: str) -> str:
        rows = {"analysis_id": analysis_id}
        found = await self.call(self.operations["get_analysis"], caller, rows=rows)
        return str(found.json()["prompts"][0]["prompt_version"]["id"])

    @row
    async def grant(self, caller: Caller) -> str:
        async with self.database.session() as session:
            entry = await ledger.grant(session, caller.subject, 1000, key=f"g{next(_NUMBERS)}")
            return str(entry.id)

    @row
    async def criterion(self, _: Caller) -> str:
        return "tests"

    @row
    async def key(self, _: Caller) -> str:
        return "analysis.language"
