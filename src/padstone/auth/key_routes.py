"""The routes by which an owner keeps its API keys, the same in every system that has keys.

A system includes them where it likes::

    api_router.include_router(key_routes, prefix="/keys", tags=["keys"])

They need the scopes ``keys:read`` and ``keys:write``. None of them may be given an
``Idempotency-Key`` store, since that would keep the secret.
"""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, status

from padstone.auth.guards import AuthenticatorDep, Requires
from padstone.auth.key_schemas import (
    ApiKeyCreate,
    ApiKeyCreated,
    ApiKeyRead,
    ApiKeyRename,
    ApiKeyRotate,
    KeyId,
)
from padstone.auth.key_service import ApiKeyService, NewKey
from padstone.db import ReadSessionDep, SessionDep
from padstone.pages import CursorDep, CursorSignerDep, Page, paginate
from padstone.principal import Principal
from padstone.problems import problem_responses

__all__ = ["key_routes"]

key_routes = APIRouter()
"""Make, list, read, rename, rotate and revoke the keys of whoever is calling."""

Reader = Annotated[Principal, Requires("keys:read")]
Writer = Annotated[Principal, Requires("keys:write")]


async def _service(session: SessionDep, authenticator: AuthenticatorDep) -> ApiKeyService:
    return ApiKeyService(session, authenticator.keys, forget=authenticator.forget)


async def _reading(session: ReadSessionDep, authenticator: AuthenticatorDep) -> ApiKeyService:
    return ApiKeyService(session, authenticator.keys)


ServiceDep = Annotated[ApiKeyService, Depends(_service)]
ReadingDep = Annotated[ApiKeyService, Depends(_reading)]


@key_routes.post("", status_code=status.HTTP_201_CREATED)
async def create_key(principal: Writer, body: ApiKeyCreate, service: ServiceDep) -> ApiKeyCreated:
    """Make a key. Its secret is in this answer and in no other."""
    made = await service.create(
        principal.subject,
        name=body.name,
        scopes=body.scopes,
        live=body.mode == "live",
        expires_at=body.expires_at,
        granted_by=principal,
    )
    return _with_secret(made)


@key_routes.get("")
async def list_keys(
    principal: Reader,
    params: CursorDep,
    session: ReadSessionDep,
    authenticator: AuthenticatorDep,
    service: ReadingDep,
    signer: CursorSignerDep,
) -> Page[ApiKeyRead]:
    """List the keys, the newest first, those that no longer work among them."""
    keys, next_cursor = await paginate(
        session,
        service.statement(principal.subject),
        order_by=[(authenticator.keys.model.created_at, "desc")],
        params=params,
        signer=signer,
        scope=("keys", principal.subject),
    )
    return Page(
        items=[ApiKeyRead.model_validate(key) for key in keys],
        next_cursor=next_cursor,
        limit=params.limit,
    )


@key_routes.get("/{key_id}")
async def get_key(principal: Reader, key_id: KeyId, service: ReadingDep) -> ApiKeyRead:
    """Show one key."""
    return ApiKeyRead.model_validate(await service.get(principal.subject, key_id))


@key_routes.patch("/{key_id}")
async def rename_key(
    principal: Writer, key_id: KeyId, body: ApiKeyRename, service: ServiceDep
) -> ApiKeyRead:
    """Give a key another name."""
    return ApiKeyRead.model_validate(await service.rename(principal.subject, key_id, body.name))


@key_routes.post(
    "/{key_id}/rotate", status_code=status.HTTP_201_CREATED, responses=problem_responses(409)
)
async def rotate_key(
    principal: Writer, key_id: KeyId, body: ApiKeyRotate, service: ServiceDep
) -> ApiKeyCreated:
    """Replace a key by a new one with the same name and scopes."""
    made = await service.rotate(
        principal.subject,
        key_id,
        overlap=timedelta(seconds=body.overlap_seconds),
        granted_by=principal,
    )
    return _with_secret(made)


@key_routes.delete("/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_key(principal: Writer, key_id: KeyId, service: ServiceDep) -> None:
    """Revoke a key. It stays in the list, and every process refuses it within a second."""
    await service.revoke(principal.subject, key_id)


def _with_secret(made: NewKey) -> ApiKeyCreated:
    return ApiKeyCreated(**ApiKeyRead.model_validate(made.key).model_dump(), secret=made.secret)
