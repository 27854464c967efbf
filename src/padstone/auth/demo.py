"""An API key to try a system with, which stays the same from run to run."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from padstone.auth.api_keys import ApiKeys
from padstone.auth.key_format import generate, parse
from padstone.auth.key_service import ApiKeyService
from padstone.seed import Seeding

__all__ = ["demo_key"]


async def demo_key(
    seeding: Seeding, keys: ApiKeys, owner_id: UUID, *, scopes: Iterable[str] | None = None
) -> str:
    """The secret of a test key of ``owner_id``, for development, made where it is missing.

    It has ``scopes``, or those that ``padstone keys create`` gives.
    """
    secret = seeding.remember("demo API key", lambda: generate(live=False).secret)
    key = parse(secret)
    if key is None:
        raise ValueError("The remembered demo key is damaged. Run `padstone services reset`.")
    model = keys.model
    if await seeding.session.scalar(select(model).where(model.key_hash == key.hash)) is None:
        wanted = keys.default_scopes if scopes is None else scopes
        service = ApiKeyService(seeding.session, keys)
        await service.create(owner_id, name="Demo", scopes=wanted, live=False, secret=key)
        seeding.say("Made a demo API key.")
    return secret
