"""F9: uploads of folders, what becomes of each file, and the end of their time."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx2
import pytest
from docx import Document
from people import SignedIn, SignIn
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import Role
from app.models import File, Upload
from app.services import file_service
from app.services.sources import read_text
from padstone.storage import StorageUnavailableError
from padstone.testing.queries import QueryCounter
from padstone.testing.running import Running

FOLDER = {
    "shop/main.py": b"import os\n",
    "shop/docs/architecture.md": b"# Architecture\n",
    "shop/node_modules/left-pad/index.js": b"x" * 1000,
    "shop/.git/HEAD": b"ref: refs/heads/main\n",
    "shop/dist/app.min.js": b"x",
}


class Uploads:
    """The uploads of one user."""

    def __init__(self, client: httpx2.AsyncClient, user: SignedIn) -> None:
        self._client, self._headers, self.user = client, user.headers, user

    async def call(self, method: str, path: str, **content: Any) -> httpx2.Response:
        url = f"/api/v1{path}"
        return await self._client.request(method, url, headers=self._headers, **content)

    async def send(
        self, files: dict[str, bytes], path: str = "/uploads", **fields: str
    ) -> httpx2.Response:
        parts = [("files", (name, content)) for name, content in files.items()]
        return await self.call("POST", path, files=parts, data=fields)

    async def make(self, files: dict[str, bytes], **fields: str) -> dict[str, Any]:
        answer = await self.send(files, **fields)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


@pytest.fixture
def uploads(client: httpx2.AsyncClient, analyst: SignedIn) -> Uploads:
    return Uploads(client, analyst)


async def stored_keys(running: Running, prefix: str) -> list[str]:
    return [found.key async for found in running.state["storage"].list(prefix)]


async def test_f9_a_folder_is_uploaded_with_a_verdict_for_each_file(
    uploads: Uploads, analyst: SignedIn, running: Running
) -> None:
    answer = await uploads.send(FOLDER)
    assert answer.status_code == 201
    report = answer.json()
    upload = report["upload"]
    assert answer.headers["location"] == f"/api/v1/uploads/{upload['id']}"
    assert (upload["name"], upload["file_count"], upload["total_bytes"]) == ("shop", 2, 25)
    assert {one["path"]: one["outcome"] for one in report["verdicts"]} == {
        "shop/main.py": "accepted",
        "shop/docs/architecture.md": "accepted",
        "shop/node_modules/left-pad/index.js": "excluded",
        "shop/.git/HEAD": "excluded",
        "shop/dist/app.min.js": "excluded",
    }
    listed = (await uploads.call("GET", f"/uploads/{upload['id']}/files")).json()["items"]
    assert [one["path"] for one in listed] == ["shop/docs/architecture.md", "shop/main.py"]
    assert listed[1]["sha256"] == hashlib.sha256(b"import os\n").hexdigest()
    assert listed[1]["id"] == report["verdicts"][0]["id"]
    keys = await stored_keys(running, f"files/{analyst.user.id}/{upload['id']}/")
    assert len(keys) == 2
    shown = (await uploads.call("GET", f"/uploads/{upload['id']}")).json()
    assert shown == upload
    assert (await uploads.call("GET", "/uploads")).json()["items"] == [upload]


async def test_f9_what_is_left_out_is_configured(uploads: Uploads) -> None:
    chosen = {"value": ["*.md"]}
    await uploads.call("PUT", "/configurations/files.excluded", json=chosen)
    report = await uploads.make(FOLDER, name="Everything else")
    outcomes = {one["path"]: one["outcome"] for one in report["verdicts"]}
    assert outcomes["shop/docs/architecture.md"] == "excluded"
    assert outcomes["shop/.git/HEAD"] == "accepted"
    assert report["upload"]["name"] == "Everything else"


async def test_f9_an_upload_lives_as_long_as_is_configured(
    uploads: Uploads, client: httpx2.AsyncClient, admin: SignedIn
) -> None:
    await client.put(
        "/api/v1/system-configurations/files.retention_days",
        json={"value": 7},
        headers=admin.headers,
    )
    upload = (await uploads.make(FOLDER))["upload"]
    left = datetime.fromisoformat(upload["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)


async def test_f9_an_upload_has_200_files_at_most(uploads: Uploads) -> None:
    many = {f"a/{number}.txt": b"%d" % number for number in range(202)}
    report = await uploads.make(many)
    assert report["upload"]["file_count"] == 200
    codes = [one["code"] for one in report["verdicts"]]
    assert codes == [None] * 200 + ["too_many_files"] * 2


async def test_f9_an_upload_has_10_megabytes_at_most(uploads: Uploads) -> None:
    mega = b"x" * 1_048_576
    report = await uploads.make(
        {"9": mega * 9, "large": mega * 10 + b"x", "rest": mega, "more": b"x", "empty": b""}
    )
    assert [one["code"] for one in report["verdicts"]] == [
        None,
        "upload_too_large",
        None,
        "upload_too_large",
        None,
    ]
    assert report["upload"]["total_bytes"] == 10 * len(mega)


async def test_f9_a_large_folder_comes_in_portions_and_says_how_far_it_is(
    uploads: Uploads,
) -> None:
    upload = (await uploads.make({"a/1.txt": b"one"}))["upload"]
    path = f"/uploads/{upload['id']}/files"
    more = {"a/2.txt": b"two", "a/1.txt": b"again", **{f"b/{n}": b"" for n in range(199)}}
    answer = await uploads.send(more, path)
    assert answer.status_code == 200
    codes = [one["code"] for one in answer.json()["verdicts"]]
    assert codes == [None, "path_taken", *[None] * 198, "too_many_files"]
    shown = (await uploads.call("GET", f"/uploads/{upload['id']}")).json()
    assert (shown["file_count"], shown["total_bytes"]) == (200, 6)


async def test_f9_an_upload_of_nothing_says_why(
    uploads: Uploads, session: AsyncSession, running: Running, analyst: SignedIn
) -> None:
    answer = await uploads.send({"../a": b"x", "node_modules/b": b"x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_uploaded")
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
        ("body.files.0", "path_leads_elsewhere"),
        ("body.files.1", "excluded"),
    ]
    assert await session.scalar(select(func.count()).select_from(Upload)) == 0


@pytest.mark.parametrize("name", ["x" * 201, "two\nlines", "nul\0"])
async def test_f9_a_name_that_cannot_be_leaves_nothing(
    name: str, uploads: Uploads, running: Running, analyst: SignedIn
) -> None:
    answer = await uploads.send({"a": b"x"}, name=name)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.name")
    assert await stored_keys(running, f"files/{analyst.user.id}/") == []


async def test_f9_a_file_is_checked_by_its_content(uploads: Uploads) -> None:
    program = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 60
    report = await uploads.make({"logo.png": program, "page.html": b"<script>alert(1)</script>"})
    logo, page = report["verdicts"]
    assert (logo["outcome"], logo["code"]) == ("quarantined", "content_differs")
    refused = await uploads.call("GET", f"/files/{logo['id']}/content")
    assert (refused.status_code, refused.json()["code"]) == (409, "file_quarantined")
    assert (await uploads.call("GET", f"/files/{logo['id']}")).json()["status"] == "quarantined"
    got = await uploads.call("GET", f"/files/{page['id']}/content")
    assert got.content == b"<script>alert(1)</script>"
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"].startswith("sandbox")


async def test_f9_another_users_files_are_as_good_as_none(
    uploads: Uploads, client: httpx2.AsyncClient, signed_in: SignIn
) -> None:
    report = await uploads.make({"a": b"x"})
    other = Uploads(client, await signed_in(Role.ADMIN))
    upload, file = f"/uploads/{report['upload']['id']}", f"/files/{report['verdicts'][0]['id']}"
    for method, path in (
        ("GET", upload),
        ("DELETE", upload),
        ("GET", f"{upload}/files"),
        ("GET", file),
        ("GET", f"{file}/content"),
        ("DELETE", file),
    ):
        assert (await other.call(method, path)).status_code == 404
    assert (await other.send({"b": b"x"}, f"{upload}/files")).status_code == 404
    assert (await other.call("GET", "/uploads")).json()["items"] == []
    assert (await uploads.call("GET", f"{file}/content")).content == b"x"


async def test_f9_a_file_is_deleted_and_the_upload_counts_anew(
    uploads: Uploads, running: Running, analyst: SignedIn
) -> None:
    report = await uploads.make({"a": b"12345", "b": b"123"})
    first, _ = report["verdicts"]
    assert (await uploads.call("DELETE", f"/files/{first['id']}")).status_code == 204
    shown = (await uploads.call("GET", f"/uploads/{report['upload']['id']}")).json()
    assert (shown["file_count"], shown["total_bytes"]) == (1, 3)
    assert (await uploads.call("DELETE", f"/files/{first['id']}")).status_code == 404
    assert len(await stored_keys(running, f"files/{analyst.user.id}/")) == 1
    gone = await uploads.call("DELETE", f"/uploads/{report['upload']['id']}")
    assert gone.status_code == 204
    assert await stored_keys(running, f"files/{analyst.user.id}/") == []
    assert (await uploads.call("GET", "/uploads")).json()["items"] == []


async def test_f9_lists_cost_the_same_however_long_they_are(
    uploads: Uploads, queries: QueryCounter
) -> None:
    upload = (await uploads.make({f"{number}.txt": b"" for number in range(30)}))["upload"]
    with queries.at_most(4):
        listed = await uploads.call("GET", f"/uploads/{upload['id']}/files?limit=20")
    assert len(listed.json()["items"]) == 20


@pytest.mark.committed
async def test_f9_what_expires_is_removed_with_its_bytes(
    uploads: Uploads, running: Running, analyst: SignedIn
) -> None:
    for_now = (await uploads.make({"a": b"x", "b": b"y"}))["upload"]
    for_later = (await uploads.make({"c": b"z"}))["upload"]
    database = running.state["database"]
    async with database.session() as session:
        over = datetime.now(UTC) - timedelta(seconds=1)
        for model, column in ((Upload, Upload.id), (File, File.upload_id)):
            statement = update(model).where(column == for_now["id"]).values(expires_at=over)
            await session.execute(statement)
    assert (await uploads.call("GET", f"/uploads/{for_now['id']}")).status_code == 404
    await asyncio.gather(*[file_service.remove_expired(running.state) for _ in range(3)])
    await file_service.remove_expired(running.state)
    async with database.read_session() as session:
        assert [str(each) for each in await session.scalars(select(Upload.id))] == [for_later["id"]]
        assert len((await session.scalars(select(File.id))).all()) == 1
    assert len(await stored_keys(running, f"files/{analyst.user.id}/")) == 1


@pytest.mark.committed
async def test_f9_portions_side_by_side_stay_within_the_limits(
    uploads: Uploads, running: Running, analyst: SignedIn
) -> None:
    upload = (await uploads.make({"first": b"x"}))["upload"]
    path = f"/uploads/{upload['id']}/files"
    portions = [{f"{part}/{n}": b"x" for n in range(90)} for part in range(4)]
    answers = await asyncio.gather(*[uploads.send(portion, path) for portion in portions])
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[:2] == [200, 200]
    shown = (await uploads.call("GET", f"/uploads/{upload['id']}")).json()
    async with running.state["database"].read_session() as session:
        rows = await session.scalar(select(func.count()).select_from(File))
    assert shown["file_count"] == rows
    assert 181 <= rows <= 200
    # What was refused has left nothing.
    assert len(await stored_keys(running, f"files/{analyst.user.id}/")) == rows


@pytest.mark.committed
async def test_f9_a_dead_storage_is_a_503_and_leaves_no_row(
    uploads: Uploads, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: Any, **__: Any) -> Any:
        raise StorageUnavailableError

    monkeypatch.setattr(running.state["storage"], "put", lost)
    answer = await uploads.send({"a": b"x"})
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    async with running.state["database"].read_session() as session:
        assert await session.scalar(select(func.count()).select_from(Upload)) == 0
        assert await session.scalar(select(func.count()).select_from(File)) == 0


async def test_f9_documents_are_read_as_text(uploads: Uploads, running: Running) -> None:
    paper, page = BytesIO(), Document()
    canvas = Canvas(paper)
    canvas.drawString(72, 700, "Every order is paid.")
    canvas.save()
    page.add_paragraph("Every order is shipped.")
    word = BytesIO()
    page.save(word)
    files = {
        "rules.pdf": paper.getvalue(),
        "rules.docx": word.getvalue(),
        "rules.md": "# Rül\u00e9s".encode(),
        "broken.pdf": b"%PDF-1.7\n" + b"\xff" * 99,
        "rules.bin": b"\x00\x01",
    }
    report = await uploads.make(files)
    texts = {}
    async with running.state["database"].session() as session:
        rows = await session.scalars(select(File).where(File.upload_id == report["upload"]["id"]))
        found = rows.all()
    for row in found:
        texts[row.path] = await read_text(running.state["storage"], row)
    assert texts == {
        "rules.pdf": "Every order is paid.",
        "rules.docx": "Every order is shipped.",
        "rules.md": "# Rül\u00e9s",
        "broken.pdf": None,
        "rules.bin": None,
    }
