"""Artifacts: announced here, uploaded to and downloaded from the storage directly."""

from fastapi import APIRouter, Response, status
from sqlalchemy import select

from app.api.deps import IdempotencyDep, ObjectsReader, ObjectsWriter, SettingsDep
from app.models import StoredObject
from app.schemas.stored_object import (
    DownloadLink,
    ObjectCreate,
    ObjectCreated,
    ObjectId,
    ObjectRead,
    UploadLink,
)
from app.services import objects
from padstone.db import ReadSessionDep, SessionDep
from padstone.idempotency import IdempotentRoute
from padstone.pages import CursorDep, CursorSignerDep, Page, paginate
from padstone.problems import problem_responses
from padstone.storage import StorageDep

__all__ = ["router"]

router = APIRouter(prefix="/objects", tags=["objects"], route_class=IdempotentRoute)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    summary="Announce an artifact",
    dependencies=[IdempotencyDep],
    responses=problem_responses(409),
)
async def create_object(
    principal: ObjectsWriter,
    body: ObjectCreate,
    session: SessionDep,
    storage: StorageDep,
    settings: SettingsDep,
    response: Response,
) -> ObjectCreated:
    """Makes a pending artifact, and a link that takes exactly the announced bytes.

    Send them there, then complete the artifact.
    """
    row, link = await objects.create_object(session, storage, principal.subject, body, settings)
    read = ObjectRead.model_validate(row)
    created = ObjectCreated(
        **read.model_dump(),
        upload=UploadLink(
            url=link.url, method="PUT", headers=dict(link.headers), expires_at=link.expires_at
        ),
    )
    response.headers["Location"] = f"/api/v1/objects/{created.model_dump(mode='json')['id']}"
    return created


@router.get("", summary="List the artifacts, the newest first")
async def list_objects(
    principal: ObjectsReader, session: ReadSessionDep, params: CursorDep, signer: CursorSignerDep
) -> Page[ObjectRead]:
    """The account's artifacts, those still waiting for their bytes among them."""
    rows, next_cursor = await paginate(
        session,
        select(StoredObject).where(StoredObject.account_id == principal.subject),
        order_by=[(StoredObject.created_at, "desc")],
        params=params,
        signer=signer,
        scope=("objects", principal.subject),
    )
    items = [ObjectRead.model_validate(row) for row in rows]
    return Page(items=items, next_cursor=next_cursor, limit=params.limit)


@router.get("/{object_id}", response_model=ObjectRead, summary="Show an artifact")
async def read_object(
    principal: ObjectsReader, object_id: ObjectId, session: ReadSessionDep
) -> StoredObject:
    """What is known of it; its bytes are behind its download link."""
    return await objects.get_object(session, principal.subject, object_id)


@router.post(
    "/{object_id}/complete",
    response_model=ObjectRead,
    summary="Say that the bytes are there",
    responses=problem_responses(409),
)
async def complete_object(
    principal: ObjectsWriter, object_id: ObjectId, session: SessionDep, storage: StorageDep
) -> StoredObject:
    """Looks whether the storage has the bytes as announced; repeating it changes nothing."""
    return await objects.complete_upload(session, storage, principal.subject, object_id)


@router.get(
    "/{object_id}/download", summary="A link to the bytes", responses=problem_responses(409)
)
async def download_object(
    principal: ObjectsReader,
    object_id: ObjectId,
    session: ReadSessionDep,
    storage: StorageDep,
    settings: SettingsDep,
) -> DownloadLink:
    """A link that works for a while, for anybody who has it."""
    link = await objects.download_link(session, storage, principal.subject, object_id, settings)
    return DownloadLink(url=link.url, expires_at=link.expires_at)


@router.delete("/{object_id}", status_code=status.HTTP_204_NO_CONTENT, summary="Delete an artifact")
async def delete_object(
    principal: ObjectsWriter, object_id: ObjectId, session: SessionDep, storage: StorageDep
) -> None:
    """Deletes the bytes and what is known of them."""
    await objects.delete_object(session, storage, principal.subject, object_id)
