"""What only this system knows, for the tests that are the same in every system."""

import secrets
from datetime import date, timedelta
from itertools import count
from typing import Any, ClassVar

from app.core.vocabulary import ApplicationStatus
from app.services import snapshots
from app.services.users import users
from padstone.auth.users import UserAdministration
from padstone.crypto import Ciphertext
from padstone.testing.contract import Caller, row
from padstone.testing.contract import World as Contract

__all__ = ["World"]

_NUMBERS = count(1)


class World(Contract):
    """Careers: everybody has the same rights over what is their own."""

    open = frozenset({"get_health", "get_api_health", "get_database_health"})
    other_keys: ClassVar[dict[str, str]] = {
        "login_attempts": "a keyed hash, so that no address is stored",
    }
    values: ClassVar[dict[str, dict[str, Any]]] = {"credentials": {"secret": Ciphertext(b"x")}}
    lists: ClassVar[dict[str, str]] = {
        "get_response_rates": "sent_version",
        "list_application_history": "application_step",
        "list_job_posting_history": "job_posting_step",
        "search": "job_posting_id",
    }

    async def variables(self) -> dict[str, str]:
        email, password = "someone@example.com", secrets.token_urlsafe(12)
        async with self.database.session() as session:
            people = UserAdministration.apart(session, users, self.settings)
            await people.create(email, password_hash=await people.hashed(password, email))
        return {"EMAIL": email, "PASSWORD": password}

    @row
    async def snapshot_id(self, caller: Caller) -> str:
        day = date(2025, 1, 1) + timedelta(days=next(_NUMBERS))
        async with self.database.session() as session:
            return str((await snapshots.take_one(session, caller.subject, day)).id)

    @row
    async def job_posting_step(self, caller: Caller, job_posting_id: str) -> str:
        """From saved to closed and back."""
        rows = {"job_posting_id": job_posting_id}
        posting = await self.call(self.operations["get_job_posting"], caller, rows=rows)
        wanted = "saved" if posting.json()["status"] == "closed" else "closed"
        return await self._step("change_job_posting_status", caller, rows, wanted)

    @row
    async def application_step(self, caller: Caller, application_id: str) -> str:
        """The next stage."""
        rows = {"application_id": application_id}
        application = await self.call(self.operations["get_application"], caller, rows=rows)
        stages = list(ApplicationStatus)
        wanted = stages[stages.index(ApplicationStatus(application.json()["status"])) + 1]
        return await self._step("change_application_status", caller, rows, wanted)

    @row
    async def sent_version(self, caller: Caller) -> str:
        """An application that was sent with a version of a résumé of its own."""
        body = {
            "job_posting_id": await self.row("job_posting_id", caller),
            "resume_version_id": await self.another("version_id", caller, {}),
        }
        made = await self.call(self.operations["create_application"], caller, json=body)
        application_id = str(made.json()["id"])
        rows = {"application_id": application_id}
        await self._step("change_application_status", caller, rows, "submitted")
        return application_id

    async def _step(self, operation: str, caller: Caller, rows: dict[str, str], wanted: str) -> str:
        answer = await self.call(
            self.operations[operation], caller, rows=rows, json={"status": wanted}
        )
        assert answer.status_code == 200, answer.text
        return wanted
