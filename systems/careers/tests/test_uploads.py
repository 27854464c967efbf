"""D8: résumé files, from announcement to text."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from documents import DOCX, PDF, docx, pdf
from members import MakeMember, Member
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.services.uploads import sweep_abandoned
from padstone.testing.running import Running

RunJobs = Callable[..., Awaitable[Any]]
UPLOADS = "/resume-uploads"


async def _announce(
    member: Member, content: bytes, kind: str = PDF, expected: int = 201, **values: Any
) -> Any:
    body = {"file_name": "cv.pdf", "content_type": kind, "size_bytes": len(content), **values}
    return await member.post(UPLOADS, body, expected)


async def _send(announced: dict[str, Any], content: bytes) -> None:
    link = announced["upload"]
    async with httpx2.AsyncClient() as storage:
        sent = await storage.put(link["url"], content=content, headers=link["headers"])
    assert sent.status_code == 200, sent.text


async def _uploaded(member: Member, content: bytes, kind: str = PDF, **values: Any) -> Any:
    announced = await _announce(member, content, kind, **values)
    await _send(announced, content)
    return announced


@pytest.mark.parametrize(
    ("content", "kind"),
    [(pdf("Ada Lovelace"), PDF), (docx("Ada Lovelace"), DOCX)],
    ids=["pdf", "docx"],
)
async def test_d8_a_file_is_read_in_the_background(
    member: Member, run_jobs: RunJobs, content: bytes, kind: str
) -> None:
    resume = await member.resume()
    upload = await _uploaded(member, content, kind, resume_id=resume["id"])
    path = f"{UPLOADS}/{upload['id']}"
    stored = await member.post(f"{path}/complete", expected=202)
    assert (stored["status"], stored["resume_id"]) == ("stored", resume["id"])
    early = await member.get(f"{path}/text", 409)
    assert early["code"] == "text_not_extracted"
    await member.post(f"{path}/complete", expected=202)  # has it read once all the same
    assert len(await run_jobs()) == 1
    assert (await member.get(path))["status"] == "extracted"
    assert (await member.get(f"{path}/text"))["text"] == "Ada Lovelace"
    assert await member.ids(UPLOADS, q="lovelace") == [upload["id"]]
    again = await member.post(f"{path}/complete", expected=202)
    assert again["status"] == "extracted"
    link = await member.get(f"{path}/download")
    async with httpx2.AsyncClient() as storage:
        got = await storage.get(link["url"])
    assert got.content == content
    assert got.headers["content-disposition"].startswith("attachment")


async def test_d8_a_file_that_cannot_be_read_says_why(member: Member, run_jobs: RunJobs) -> None:
    broken = pdf("Ada")[:400]
    path = f"{UPLOADS}/{(await _uploaded(member, broken))['id']}"
    await member.post(f"{path}/complete", expected=202)
    await run_jobs()
    failed = await member.get(path)
    assert (failed["status"], failed["failure"]) == ("failed", "The document is damaged.")
    assert (await member.get(f"{path}/text", 409))["detail"] == "The document is damaged."
    # It may be tried again.
    assert (await member.post(f"{path}/complete", expected=202))["failure"] is None


async def test_d8_another_kind_of_file_is_refused_and_deleted(member: Member) -> None:
    page = b"<html><script>alert(1)</script></html>"
    path = f"{UPLOADS}/{(await _uploaded(member, page))['id']}"
    refused = await member.post(f"{path}/complete", expected=422)
    assert refused["code"] == "unreadable_file"
    assert (await member.post(f"{path}/complete", expected=409))["code"] == "upload_not_complete"
    assert (await member.get(f"{path}/download", 409))["code"] == "upload_not_complete"


async def test_d8_bytes_that_did_not_come(member: Member) -> None:
    path = f"{UPLOADS}/{(await _announce(member, pdf('Ada')))['id']}"
    assert (await member.post(f"{path}/complete", expected=409))["code"] == "upload_not_complete"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"size_bytes": 10_485_761}, "size_bytes"),
        ({"size_bytes": 0}, "size_bytes"),
        ({"content_type": "text/html"}, "content_type"),
        ({"file_name": "../cv.pdf"}, "file_name"),
        ({"resume_id": "01890a5d-ac96-774b-bcce-b302099a8057"}, "resume_id"),
    ],
)
async def test_d8_a_file_that_cannot_be(member: Member, change: dict[str, Any], field: str) -> None:
    answer = await _announce(member, b"x", expected=422, **change)
    assert [item["field"] for item in answer["errors"]] == [f"body.{field}"]


async def test_d8_anothers_file_is_as_good_as_none(member: Member, make_member: MakeMember) -> None:
    other = await make_member()
    path = f"{UPLOADS}/{(await _announce(other, b'x'))['id']}"
    for step in ("text", "download", ""):
        await member.get(f"{path}/{step}".rstrip("/"), 404)
    await member.post(f"{path}/complete", expected=404)
    await member.delete(path, 404)


async def test_d8_a_deleted_file_is_gone(member: Member, run_jobs: RunJobs) -> None:
    upload = await _uploaded(member, pdf("Ada"))
    path = f"{UPLOADS}/{upload['id']}"
    await member.post(f"{path}/complete", expected=202)
    url = (await member.get(f"{path}/download"))["url"]
    await member.delete(path)
    await member.get(path, 404)
    async with httpx2.AsyncClient() as storage:
        # Some storages say 403, since whether there was an object is nobody's business.
        assert (await storage.get(url)).status_code in {403, 404}
    await run_jobs()  # finds nothing, and that is no failure


async def test_d8_a_user_keeps_so_many(member: Member, running: Running) -> None:
    settings = running.state["settings"].model_copy(update={"UPLOAD_QUOTA": 1})
    limited = Running(running.app, {**running.state, "settings": settings})
    async with limited.client() as client:
        guest = Member(member.id, member.headers, client)
        await _announce(guest, b"x")
        assert (await _announce(guest, b"x", expected=409))["code"] == "upload_quota_reached"


async def test_d8_abandoned_files_are_swept(
    member: Member, session: AsyncSession, running: Running
) -> None:
    kept = await _uploaded(member, pdf("Ada"))
    await member.post(f"{UPLOADS}/{kept['id']}/complete", expected=202)
    await _announce(member, b"x")
    await session.execute(
        text("UPDATE resume_uploads SET upload_expires_at = now() - interval '2 hours'")
    )
    assert await sweep_abandoned(session, running.state["storage"]) == 1
    await session.commit()
    assert await member.ids(UPLOADS) == [kept["id"]]
