"""Résumé files: announced here, uploaded to the storage directly, and read in the background."""

from typing import Annotated

from fastapi import APIRouter, Response, status
from pydantic import BaseModel

from app.api.deps import SIGNED_IN, SettingsDep
from app.core.config import Settings
from app.models import ResumeUpload
from app.schemas.upload import (
    DownloadLink,
    ResumeUploadCreate,
    ResumeUploadCreated,
    ResumeUploadResponse,
    ResumeUploadText,
    UploadLink,
)
from app.services import uploads
from padstone.db import ReadSessionDep, SessionDep
from padstone.problems import problem_responses
from padstone.resource import Call, CallDep, Operation, Resource
from padstone.storage import StorageDep

__all__ = ["resume_uploads", "router"]


class ResumeUploads(Resource[ResumeUpload]):
    """Files, of which a user may keep so many."""

    async def before_create(self, call: Call, row: ResumeUpload, body: BaseModel) -> None:  # noqa: ARG002  # the hook's form
        """Checks size and number."""
        assert isinstance(call.settings, Settings)  # noqa: S101  # of this application
        await uploads.prepare(call.session, row, call.settings)


# Their routes to make and to delete one stand below, since the storage has a part in both.
resume_uploads = ResumeUploads(
    ResumeUpload,
    create=ResumeUploadCreate,
    read=ResumeUploadResponse,
    owner="user_id",
    guards=SIGNED_IN,
    filters={"status": ["eq", "in"], "resume_id": ["eq", "isnull"], "file_name": ["contains"]},
    sorts=["file_name", "created_at"],
    search="search_vector",
    operations={Operation.LIST, Operation.GET},
)

making = APIRouter(prefix="/resume-uploads", tags=["resume_uploads"])
steps = APIRouter(prefix="/resume-uploads/{resume_upload_id}", tags=["resume_uploads"])
Locked = Annotated[ResumeUpload, resume_uploads.loaded(Operation.UPDATE)]
Seen = Annotated[ResumeUpload, resume_uploads.loaded(Operation.GET)]


@making.post(
    "",
    status_code=status.HTTP_201_CREATED,
    summary="Announce a résumé file",
    responses=problem_responses(409),
)
async def create_resume_upload(
    call: CallDep,
    body: ResumeUploadCreate,
    storage: StorageDep,
    response: Response,
) -> ResumeUploadCreated:
    """Makes a pending file, and a link that takes exactly the announced bytes.

    Send them there, then complete the file.
    """
    row = await resume_uploads.create(call, body)
    link = await uploads.upload_link(storage, row)
    response.headers["Location"] = f"/api/v1/resume-uploads/{row.id}"
    return ResumeUploadCreated(
        **ResumeUploadResponse.model_validate(row).model_dump(),
        upload=UploadLink(
            url=link.url, method="PUT", headers=dict(link.headers), expires_at=link.expires_at
        ),
    )


@steps.post(
    "/complete",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=ResumeUploadResponse,
    summary="Say that the bytes are there",
    responses=problem_responses(409),
)
async def complete_resume_upload(
    upload: Locked, session: SessionDep, storage: StorageDep
) -> ResumeUpload:
    """Has the file read in the background: its status becomes `extracted`, or `failed`.

    A file that is not what its type says is refused and deleted at once. Repeating it has a file
    that could not be read tried again.
    """
    return await uploads.complete(session, storage, upload)


@steps.get(
    "/text",
    summary="What was read from a résumé file",
    responses=problem_responses(409),
)
async def get_resume_upload_text(upload: Seen, session: ReadSessionDep) -> ResumeUploadText:
    """The file's text, once its status is `extracted`."""
    return ResumeUploadText(id=upload.id, text=await uploads.text_of(session, upload))


@steps.get(
    "/download",
    summary="A link to the bytes of a résumé file",
    responses=problem_responses(409),
)
async def download_resume_upload(
    upload: Seen, storage: StorageDep, settings: SettingsDep
) -> DownloadLink:
    """A link that works for a while, for anybody who has it."""
    link = await uploads.download_link(storage, upload, settings)
    return DownloadLink(url=link.url, expires_at=link.expires_at)


@steps.delete(
    "",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Delete a résumé file",
)
async def delete_resume_upload(upload: Locked, session: SessionDep, storage: StorageDep) -> None:
    """Deletes the bytes, the text and what is known of them."""
    await uploads.delete_upload(session, storage, upload)


router = APIRouter()
router.include_router(making)
router.include_router(steps)
router.include_router(resume_uploads.router)
