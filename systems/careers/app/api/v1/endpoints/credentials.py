"""Secrets for other services: they come in, are kept encrypted, and are never answered."""

from typing import Any

from pydantic import BaseModel, SecretStr

from app.api.deps import SIGNED_IN
from app.core.config import Settings
from app.models import Credential
from app.schemas.credential import CredentialCreate, CredentialResponse, CredentialUpdate
from padstone.crypto import KeyRing, Place
from padstone.ids import new_id
from padstone.resource import Call, Resource

__all__ = ["credentials", "router"]


class Credentials(Resource[Credential]):
    """Credentials, whose secrets are sealed before they are written."""

    async def before_create(self, call: Call, row: Credential, body: BaseModel) -> None:
        """Seals the secret for the row, whose id it is bound to."""
        assert isinstance(body, CredentialCreate)  # noqa: S101  # the declaration says so
        row.id = new_id()
        _ring(call).seal(row, "secret", body.secret.get_secret_value())

    async def before_update(self, call: Call, row: Credential, changes: dict[str, Any]) -> None:
        """Seals a secret that takes the place of the old one."""
        secret = changes.get("secret")
        if isinstance(secret, SecretStr):
            place = Place.of(row, "secret")
            changes["secret"] = _ring(call).encrypt(place, secret.get_secret_value())


def _ring(call: Call) -> KeyRing:
    assert isinstance(call.settings, Settings)  # noqa: S101  # of this application
    return KeyRing.of(call.settings)


# Without a store for repeated requests: what they hold is hashed there, and a secret is among it.
credentials = Credentials(
    Credential,
    create=CredentialCreate,
    update=CredentialUpdate,
    read=CredentialResponse,
    owner="user_id",
    guards=SIGNED_IN,
    filters={"service": ["eq", "contains"], "expires_on": ["lte", "isnull"]},
    sorts=["name", "service", "expires_on", "created_at"],
)

router = credentials.router
