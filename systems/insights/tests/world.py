"""What only this system knows, for the tests that are the same in every system."""

import secrets
from typing import Any, ClassVar

from app.services.auth_service import users
from padstone.auth.users import UserAdministration
from padstone.testing.contract import World as Contract

__all__ = ["World"]


class World(Contract):
    """Insights: prompts are the team's, analyses and files are their owner's."""

    open = frozenset({"get_health"})
    other_keys: ClassVar[dict[str, str]] = {
        "login_attempts": "a keyed hash, so that no address is stored",
    }
    values: ClassVar[dict[str, dict[str, Any]]] = {
        "analysis_results": {"findings": []},
        "prompt_versions": {"criteria": []},
    }

    async def variables(self) -> dict[str, str]:
        email, password = "someone@example.com", secrets.token_urlsafe(12)
        async with self.database.session() as session:
            people = UserAdministration.apart(session, users, self.settings)
            await people.create(email, password_hash=await people.hashed(password, email))
        return {"EMAIL": email, "PASSWORD": password}
