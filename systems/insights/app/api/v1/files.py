"""Uploads of folders and documents, and the files in them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response, status

from app.api.deps import FileReader, FileWriter, SettingsDep
from app.models import File, Upload
from app.schemas.file import UPLOAD_FORM, FileRead, FileVerdict, UploadRead, UploadReport
from app.services import file_service as service
from padstone.db import Database, DatabaseDep, ReadSessionDep, SessionDep
from padstone.errors import PadstoneError
from padstone.files import Attachment, Received
from padstone.pages import CursorDep, CursorSignerDep, Page, paginate
from padstone.problems import problem_responses
from padstone.storage import Storage, StorageDep

__all__ = ["router"]

router = APIRouter(tags=["files"])

# With what is left out, such as a folder of dependencies that somebody sends along.
MAX_REQUEST_BYTES = 64 * 1024 * 1024

UploadId = Annotated[UUID, Path(description="An upload of yours.")]
FileId = Annotated[UUID, Path(description="A file of an upload of yours.")]


@router.post(
    "/uploads",
    status_code=status.HTTP_201_CREATED,
    summary="Upload a folder, or some documents",
    max_body_size=MAX_REQUEST_BYTES,
    openapi_extra=UPLOAD_FORM,
    responses=problem_responses(400, 413, 415, 422),
)
async def create_upload(
    caller: FileWriter,
    request: Request,
    database: DatabaseDep,
    storage: StorageDep,
    settings: SettingsDep,
    response: Response,
) -> UploadReport:
    """Any number of files as `multipart/form-data`, each with its relative path as file name.

    What a pattern of `files.excluded` means is left out. What is too large, too much or has an
    impossible name is refused, with a reason, and the rest is taken.
    """
    # No connection is held while the files come in, which takes as long as the sender likes.
    async with database.read_session() as session:
        place = await service.new_place(session, caller.subject, settings)
    report = await _receive(request, database, storage, place)
    response.headers["Location"] = f"/api/v1/uploads/{report.upload.id}"
    return report


@router.post(
    "/uploads/{upload_id}/files",
    summary="Add files to an upload",
    max_body_size=MAX_REQUEST_BYTES,
    openapi_extra=UPLOAD_FORM,
    responses=problem_responses(400, 409, 413, 415),
)
async def add_files(
    caller: FileWriter,
    upload_id: UploadId,
    request: Request,
    database: DatabaseDep,
    storage: StorageDep,
    settings: SettingsDep,
) -> UploadReport:
    """The same, for a large folder that is sent in portions; the upload says how far it is."""
    async with database.read_session() as session:
        place = await service.place_in(session, caller.subject, upload_id, settings)
    return await _receive(request, database, storage, place)


@router.get("/uploads", summary="List your uploads, the newest first")
async def list_uploads(
    caller: FileReader, session: ReadSessionDep, params: CursorDep, signer: CursorSignerDep
) -> Page[UploadRead]:
    """Those whose time is not over."""
    rows, next_cursor = await paginate(
        session,
        service.uploads_of(caller.subject),
        order_by=[(Upload.created_at, "desc")],
        params=params,
        signer=signer,
        scope=("uploads", caller.subject),
    )
    items = [UploadRead.model_validate(row) for row in rows]
    return Page(items=items, next_cursor=next_cursor, limit=params.limit)


@router.get("/uploads/{upload_id}", response_model=UploadRead, summary="Show an upload")
async def read_upload(caller: FileReader, upload_id: UploadId, session: ReadSessionDep) -> Upload:
    """How much it holds, and until when."""
    return await service.find_upload(session, caller.subject, upload_id)


@router.delete(
    "/uploads/{upload_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Delete an upload with its files",
)
async def delete_upload(
    caller: FileWriter, upload_id: UploadId, session: SessionDep, storage: StorageDep
) -> None:
    """Analyses of it stay, with what they found."""
    await service.delete_upload(session, storage, caller.subject, upload_id)


@router.get("/uploads/{upload_id}/files", summary="List the files of an upload, by their paths")
async def list_files(
    caller: FileReader,
    upload_id: UploadId,
    session: ReadSessionDep,
    params: CursorDep,
    signer: CursorSignerDep,
) -> Page[FileRead]:
    """Those in quarantine among them."""
    upload = await service.find_upload(session, caller.subject, upload_id)
    rows, next_cursor = await paginate(
        session,
        service.files_of(upload),
        order_by=[(File.path, "asc")],
        params=params,
        signer=signer,
        scope=("files", upload_id),
    )
    items = [_shown(row) for row in rows]
    return Page(items=items, next_cursor=next_cursor, limit=params.limit)


@router.get("/files/{file_id}", summary="Show a file")
async def read_file(caller: FileReader, file_id: FileId, session: ReadSessionDep) -> FileRead:
    """What is known of it."""
    return _shown(await service.find_file(session, caller.subject, file_id))


@router.get(
    "/files/{file_id}/content",
    summary="Download a file",
    response_class=Response,
    responses={**Attachment.DOCUMENTED, **problem_responses(409)},
)
async def download_file(
    caller: FileReader, file_id: FileId, session: ReadSessionDep, storage: StorageDep
) -> Attachment:
    """Never shown in a browser. What is in quarantine is not handed out: 409."""
    row = await service.find_file(session, caller.subject, file_id)
    return service.files.attachment(storage, row)


@router.delete("/files/{file_id}", status_code=status.HTTP_204_NO_CONTENT, summary="Delete a file")
async def delete_file(
    caller: FileWriter, file_id: FileId, session: SessionDep, storage: StorageDep
) -> None:
    """And leave the rest of its upload as it is."""
    await service.delete_file(session, storage, caller.subject, file_id)


async def _receive(
    request: Request, database: Database, storage: Storage, place: service.Place
) -> UploadReport:
    received = await service.files.receive(
        request,
        storage,
        folder=place.folder,
        limits=place.limits,
        exclude=place.exclude,
        taken=place.taken,
    )
    try:
        async with database.session() as session:
            upload = await service.add(session, place, received)
            shown = UploadRead.model_validate(upload)
    except PadstoneError:
        await service.files.discard(storage, received)
        raise
    return UploadReport(upload=shown, verdicts=_verdicts(received))


def _verdicts(received: Received) -> list[FileVerdict]:
    return [
        FileVerdict(
            path=each.path,
            outcome=each.outcome,
            code=each.code,
            reason=each.reason,
            id=None if each.file is None else each.file.id,
            same_as=each.same_as,
        )
        for each in received.verdicts
    ]


def _shown(row: File) -> FileRead:
    return FileRead(
        id=row.id,
        upload_id=row.upload_id,
        path=row.path,
        name=row.name,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        sha256=row.sha256.hex(),
        status=row.status,
        created_at=row.created_at,
    )
