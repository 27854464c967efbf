"""Uploads, from the request to the row and the storage, and back."""

import asyncio
import hashlib
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx2
import pytest
from sqlalchemy import text, update
from starlette.requests import Request

from padstone.errors import BadRequestError
from padstone.files import FileQuarantinedError, Files, UploadLimits
from padstone.storage import ObjectNotFoundError, Storage, StorageUnavailableError

BOUNDARY = "----boundary"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 30


async def test_a_folder_is_taken(keeper: Any) -> None:
    answer = await keeper.upload(
        ("shop/main.py", b"import os\n"),
        ("shop/docs/logo.png", PNG),
        ("shop/node_modules/left/pad.js", b"x" * 30_000),
        ("shop/main.pyc", b"\x00"),
        name="The shop",
        empty="",
    )
    assert answer.status_code == 201
    assert answer.json() == {
        "fields": {"name": "The shop", "empty": ""},
        "total_bytes": 10 + len(PNG),
        "verdicts": [
            verdict("shop/main.py", "accepted", media_type="text/plain"),
            verdict("shop/docs/logo.png", "accepted", media_type="image/png"),
            verdict("shop/node_modules/left/pad.js", "excluded", "excluded"),
            verdict("shop/main.pyc", "excluded", "excluded"),
        ],
    }
    logo, main = await keeper.rows()
    assert (main.path, main.name, main.size_bytes) == ("shop/main.py", "main.py", 10)
    assert main.sha256 == hashlib.sha256(b"import os\n").digest()
    assert (main.owner, main.status, main.expires_at) == ("ann", "clean", None)
    assert sorted(await keeper.keys()) == sorted([logo.storage_key, main.storage_key])
    assert main.storage_key == f"files/ann/{main.id}"


def verdict(path: str, outcome: str, code: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "path": path,
        "outcome": outcome,
        "code": code,
        "same_as": None,
        "media_type": None,
        **more,
    }


async def test_clients_of_all_kinds_are_understood(keeper: Any) -> None:
    form = [("files", ("a/grün.txt", b"words")), ("files", ('say "hi".txt', b"more"))]
    answer = await keeper.client.post("/files", files=form, data={"name": "x"})
    paths = [each["path"] for each in answer.json()["verdicts"]]
    assert paths == ["a/grün.txt", "say _hi_.txt"]


async def test_limits_refuse_file_by_file(keeper: Any) -> None:
    assert await keeper.verdicts(
        ("large", b"x" * 20_001),
        ("just", b"x" * 20_000),
        ("second", b"y" * 20_000),
        ("beyond", b"z" * 10_001),
        ("rest", b"z" * 10_000),
        ("nothing", b""),
        ("fifth", b""),
    ) == {
        "large": "file_too_large",
        "just": "accepted",
        "second": "accepted",
        "beyond": "upload_too_large",
        "rest": "accepted",
        "nothing": "accepted",
        "fifth": "too_many_files",
    }
    assert [row.path for row in await keeper.rows()] == ["just", "nothing", "rest", "second"]
    assert len(await keeper.keys()) == 4


async def test_a_file_of_several_parts_is_taken_and_one_beyond_is_not(
    files: Files[Any], storage: Storage
) -> None:
    whole = bytes(range(256)) * 40_000  # 10,240,000: more than one part of S3
    for size, expected in ((len(whole), "accepted"), (len(whole) + 1, "file_too_large")):
        received = await receive(files, storage, whole + b"x" * (size - len(whole)), len(whole))
        [each] = received.verdicts
        assert (each.code or each.outcome) == expected
        if each.file is not None:
            assert each.file.sha256 == hashlib.sha256(whole).digest()
    assert len([found async for found in storage.list()]) == 1


async def receive(files: Files[Any], storage: Storage, content: bytes, most: int) -> Any:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    pieces = [body[start : start + 65536] for start in range(0, len(body), 65536)]

    async def said() -> dict[str, Any]:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    headers = [(b"content-type", FORM["content-type"].encode())]
    request = Request({"type": "http", "headers": headers}, said)
    limits = UploadLimits(file_bytes=most, total_bytes=2 * most)
    return await files.receive(request, storage, folder="f", limits=limits)


async def test_memory_stays_small(files: Files[Any], storage: Storage) -> None:
    tracemalloc.start()
    try:
        begin = tracemalloc.get_traced_memory()[0]
        await receive_made(files, storage, 96_000_000)
        peak = tracemalloc.get_traced_memory()[1] - begin
    finally:
        tracemalloc.stop()
    assert peak < 64_000_000  # three parts of S3, and their copies on the way


async def receive_made(files: Files[Any], storage: Storage, size: int) -> None:
    """An upload whose body is made while it is read."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n'

    async def made() -> AsyncIterator[bytes]:
        yield head.encode()
        for _ in range(size // 60_000):
            yield bytes(60_000)
        yield f"\r\n--{BOUNDARY}--\r\n".encode()

    pieces = made()

    async def said() -> dict[str, Any]:
        piece = await anext(pieces, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    headers = [(b"content-type", FORM["content-type"].encode())]
    request = Request({"type": "http", "headers": headers}, said)
    limits = UploadLimits(file_bytes=2 * size, total_bytes=2 * size)
    received = await files.receive(request, storage, folder="f", limits=limits)
    assert received.total_bytes == size


async def test_hostile_names_are_cleaned_or_refused(keeper: Any) -> None:
    assert await keeper.verdicts(
        ("../../etc/passwd", b"x"),
        ("nul\x00.txt", b"a"),
        ("a" * 300 + ".txt", b"b"),
        ("invoice\u202egpj.exe.txt", b"c"),
        ("CON.txt", b"d"),
    ) == {
        "": "path_leads_elsewhere",
        "_nul.txt": "accepted",
        "a" * 251 + ".txt": "accepted",
        "invoicegpj.exe.txt": "accepted",
        "_CON.txt": "accepted",
    }


async def test_no_name_is_a_path_twice(keeper: Any) -> None:
    answer = await keeper.upload(("a/b", b"1"), ("a\\b", b"2"), ("a/./b", b"3"), ("a/B", b"4"))
    codes = [each["code"] for each in answer.json()["verdicts"]]
    assert codes == [None, "path_taken", "path_taken", None]


async def test_a_copy_is_told(keeper: Any) -> None:
    answer = await keeper.upload(("a", b"same"), ("b", b"same"), ("c", b"other"), ("d", b"same"))
    assert [each["same_as"] for each in answer.json()["verdicts"]] == [None, "a", None, "a"]
    assert len(set(await keeper.keys())) == 4  # each is deleted on its own


async def test_bytes_that_are_no_text_name_a_file(keeper: Any) -> None:
    content = (
        f"--{BOUNDARY}\r\n".encode()
        + b'Content-Disposition: form-data; name="files"; filename="a\xff\xfeb.txt"\r\n\r\nx\r\n'
        + f"--{BOUNDARY}--\r\n".encode()
    )
    answer = await keeper.client.post("/files", content=content, headers=FORM)
    assert [each["path"] for each in answer.json()["verdicts"]] == ["a\ufffd\ufffdb.txt"]


async def test_an_empty_form_holds_no_files(keeper: Any) -> None:
    for content in (
        f"--{BOUNDARY}--\r\n".encode(),
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename=""\r\n\r\n'
        f"\r\n--{BOUNDARY}--\r\n".encode(),
    ):
        answer = await keeper.client.post("/files", content=content, headers=FORM)
        assert (answer.status_code, answer.json()["verdicts"]) == (201, [])


PART = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nx'.encode()
END = f"\r\n--{BOUNDARY}--\r\n".encode()
BROKEN = {
    "nothing": b"",
    "no boundary": b"words",
    "cut in a file": PART,
    "cut in a head": PART[:40],
    "cut before the end": PART + f"\r\n--{BOUNDARY}\r\n".encode(),
    "a header without a colon": PART.replace(b"Disposition:", b"Disposition"),
    "a header that is too long": PART.replace(b'"a"', b'"' + b"a" * 5000 + b'"') + END,
    "too many headers": PART.replace(b"\r\n\r\n", b"\r\nx: y" * 9 + b"\r\n\r\n") + END,
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
async def test_a_broken_body_is_refused_and_leaves_nothing(broken: bytes, keeper: Any) -> None:
    whole = PART.replace(b'"a"', b'"first"') + b"\r\n"
    for content in (broken, whole + broken):
        answer = await keeper.client.post("/files", content=content, headers=FORM)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert (await keeper.rows(), await keeper.keys()) == ([], [])


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        f"multipart/form-data; boundary={'b' * 201}",
        f"multipart/mixed; boundary={BOUNDARY}",
        "",
    ],
)
async def test_what_is_no_form_is_refused(kind: str, keeper: Any) -> None:
    answer = await keeper.client.post("/files", content=PART + END, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_too_much_is_refused_as_a_whole_and_leaves_nothing(keeper: Any) -> None:
    many = [(f"{number}.pyc", b"") for number in range(13)]
    for answer in (
        await keeper.upload(("a", b"1"), *many),  # parts
        await keeper.upload(("a", b"1"), name="x" * 1001),  # fields
        await keeper.upload(("a", b"1"), ("node_modules/b", b"x" * 100_001)),  # the route's limit
    ):
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert "100000 bytes" in answer.json()["detail"]
    fields = {"name": "x" * 1000}
    assert (await keeper.upload(("node_modules/b", b"x" * 99_000 + b""))).status_code == 201
    assert (await keeper.upload(**fields)).status_code == 201
    assert (await keeper.rows(), await keeper.keys()) == ([], [])


async def test_who_leaves_leaves_nothing(files: Files[Any], storage: Storage) -> None:
    said = [
        {"type": "http.request", "body": PART + b"\r\n" + PART, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return said.pop(0)

    headers = [(b"content-type", FORM["content-type"].encode())]
    request = Request({"type": "http", "headers": headers}, receive)
    with pytest.raises(BadRequestError):
        await files.receive(request, storage, folder="f")
    assert [found async for found in storage.list()] == []


async def test_who_is_cancelled_leaves_nothing(files: Files[Any], storage: Storage) -> None:
    reached = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if not reached.is_set():
            reached.set()
            # The first is over, so it is stored; the second goes on.
            return {"type": "http.request", "body": PART + b"\r\n" + PART, "more_body": True}
        await asyncio.get_running_loop().create_future()
        return {}

    headers = [(b"content-type", FORM["content-type"].encode())]
    request = Request({"type": "http", "headers": headers}, receive)
    reading = asyncio.create_task(files.receive(request, storage, folder="f"))
    while not reading.done() and not [found async for found in storage.list()]:
        await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert [found async for found in storage.list()] == []


class Lost:
    """A storage that fails once it has taken so many files."""

    def __init__(self, storage: Storage, after: int) -> None:
        self._storage, self._left = storage, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    async def put(self, *given: Any, **options: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise StorageUnavailableError
        return await self._storage.put(*given, **options)


ACTIVE = {
    "page.html": (b"<!doctype html><script>alert(1)</script>", "text/html"),
    "image.svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "image/svg+xml"),
    "feed.xml": (b"<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'/>", None),
    "code.js": (b"alert(1)", None),
    "style.css": (b"body { background: url(javascript:alert(1)) }", None),
    "gif.gif": (b"GIF89a/*" + b"\x00" * 9 + b"*/=1;alert(1)<script>alert(1)</script>", "image/gif"),
    "pdf.pdf": (b"%PDF-1.7\n<html><script>alert(1)</script></html>", "application/pdf"),
    "word.docx": (b"PK\x03\x04<html><script>alert(1)</script></html>", None),
    "plain.txt": (b"<html><script>alert(1)</script></html>", "text/plain"),
}
RUNS_NOWHERE = {"application/octet-stream", "text/plain", "image/gif", "application/pdf"}


@pytest.mark.parametrize("name", ACTIVE)
async def test_nothing_is_ever_shown_in_a_browser(name: str, keeper: Any) -> None:
    content, media_type = ACTIVE[name]
    answer = await keeper.upload((f"a/{name}", content))
    assert answer.json()["verdicts"][0]["outcome"] == "accepted"
    assert media_type in {None, answer.json()["verdicts"][0]["media_type"]}
    got = await keeper.client.get(f"/files/a/{name}")
    assert got.content == content
    assert got.headers["content-disposition"].startswith(f'attachment; filename="{name}"')
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == POLICY
    assert got.headers["cache-control"] == "private, no-store"
    kind = got.headers["content-type"].partition(";")[0]
    assert kind in RUNS_NOWHERE or kind.startswith("application/vnd.openxml")
    assert got.headers.get_list("x-content-type-options") == ["nosniff"]


async def test_a_bomb_stays_packed(keeper: Any) -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(10_000_000))
    assert len(made.getvalue()) < 20_000
    assert await keeper.verdicts(("bomb.zip", made.getvalue())) == {"bomb.zip": "accepted"}
    got = await keeper.client.get("/files/bomb.zip")
    assert got.content == made.getvalue()
    assert "content-encoding" not in got.headers


async def test_quarantine_hands_nothing_out(keeper: Any, files: Files[Any]) -> None:
    program = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 60
    assert await keeper.verdicts(("photo.png", program)) == {"photo.png": "content_differs"}
    [row] = await keeper.rows()
    assert row.status == "quarantined"
    refused = await keeper.client.get("/files/photo.png")
    assert (refused.status_code, refused.json()["code"]) == (409, "file_quarantined")
    with pytest.raises(FileQuarantinedError):
        await files.link(keeper.storage, row)


async def test_a_link_hands_out_an_attachment(keeper: Any, files: Files[Any]) -> None:
    await keeper.upload(("a/page.html", b"<script>alert(1)</script>"))
    [row] = await keeper.rows()
    link = await files.link(keeper.storage, row)
    async with httpx2.AsyncClient() as client:
        got = await client.get(link.url)
    assert got.content == b"<script>alert(1)</script>"
    assert got.headers["content-disposition"].startswith('attachment; filename="page.html"')
    assert got.headers["content-type"] == "application/octet-stream"


async def test_bytes_that_are_gone_are_not_found(keeper: Any) -> None:
    await keeper.upload(("a", b"words"))
    [row] = await keeper.rows()
    await keeper.storage.delete(row.storage_key)
    gone = await keeper.client.get("/files/a")
    assert (gone.status_code, gone.json()["code"]) == (404, "object_not_found")


async def add(keeper: Any, *names: str) -> list[Any]:
    for name in names:
        await keeper.upload((name, name.encode()))
    return list(await keeper.rows())


async def set_expiry(keeper: Any, files: Files[Any], path: str, by: timedelta) -> None:
    model = files._model
    async with keeper.database.session() as session:
        moment = datetime.now(UTC) + by
        await session.execute(update(model).where(model.path == path).values(expires_at=moment))


async def test_what_expires_is_removed_once_and_for_all(keeper: Any, files: Files[Any]) -> None:
    await add(keeper, "a", "b", "c")
    await set_expiry(keeper, files, "a", -timedelta(seconds=1))
    await set_expiry(keeper, files, "b", timedelta(hours=1))
    state = {"database": keeper.database, "storage": keeper.storage}
    assert await asyncio.gather(files.expire(state), files.expire(state)) in ([1, 0], [0, 1])
    assert [row.path for row in await keeper.rows()] == ["b", "c"]
    assert len(await keeper.keys()) == 2
    assert await files.expire(state) == 0


async def test_many_expire_in_one_turn(keeper: Any, files: Files[Any]) -> None:
    statement = (
        "INSERT INTO files (id, path, name, media_type, size_bytes, sha256, storage_key, status,"
        " owner, expires_at) SELECT gen_random_uuid(), 'p', 'p', 'text/plain', 0,"
        " sha256(''), 'k' || n, 'clean', 'ann', now() FROM generate_series(1, 250) n"
    )
    async with keeper.database.session() as session:
        await session.execute(text(statement))
    state = {"database": keeper.database, "storage": keeper.storage}
    assert await files.expire(state) == 250


async def test_a_crash_between_bytes_and_row_leaves_nothing(keeper: Any, files: Files[Any]) -> None:
    """Expiry: the bytes are deleted, the transaction is not committed."""
    [row] = await add(keeper, "a")
    await set_expiry(keeper, files, "a", -timedelta(seconds=1))
    with pytest.raises(RuntimeError, match="crash"):
        async with keeper.database.session() as session:
            assert await files.remove_expired(session, keeper.storage) == 1
            raise RuntimeError("crash")
    assert (len(await keeper.rows()), await keeper.keys()) == (1, [])
    with pytest.raises(ObjectNotFoundError):
        await keeper.storage.head(row.storage_key)
    state = {"database": keeper.database, "storage": keeper.storage}
    assert await files.expire(state) == 1
    assert await keeper.rows() == []


async def test_bytes_without_a_row_are_found(keeper: Any, files: Files[Any]) -> None:
    await add(keeper, "a", "b")
    # An upload whose process died before it wrote its rows, and a row that went with its owner.
    await keeper.storage.put("files/ann/orphan", b"x", content_type="text/plain")
    await keeper.storage.put("other/kept", b"x", content_type="text/plain")
    async with keeper.database.session() as session:
        await session.execute(text("DELETE FROM files WHERE path = 'b'"))
    state = {"database": keeper.database, "storage": keeper.storage}
    assert await files.tidy(state) == 0  # it may be on its way
    assert len(await keeper.keys()) == 4
    now = timedelta(seconds=-5)  # the storage's clock counts whole seconds
    removed = await files.remove_orphans(keeper.database, keeper.storage, older=now)
    assert removed == 2
    [row] = await keeper.rows()
    assert sorted(await keeper.keys()) == sorted([row.storage_key, "other/kept"])
    assert await files.remove_orphans(keeper.database, keeper.storage, older=now) == 0


async def test_deleting_twice_is_no_error(keeper: Any, files: Files[Any]) -> None:
    [row] = await add(keeper, "a")
    await keeper.storage.delete(row.storage_key)
    async with keeper.database.session() as session:
        found = await session.get(files._model, row.id)
        await files.delete(session, keeper.storage, found)
    assert (await keeper.rows(), await keeper.keys()) == ([], [])


async def test_a_storage_that_fails_midway_fails_all(files: Files[Any], storage: Storage) -> None:
    content = PART + b"\r\n" + PART.replace(b'"a"', b'"b"') + END

    async def said() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    headers = [(b"content-type", FORM["content-type"].encode())]
    request = Request({"type": "http", "headers": headers}, said)
    lost: Any = Lost(storage, after=1)
    with pytest.raises(StorageUnavailableError):
        await files.receive(request, lost, folder="f")


async def test_no_connection_is_held_while_files_come_in(
    keeper: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    put = keeper.storage.put

    async def watched(*given: Any, **options: Any) -> Any:
        held.append(keeper.database.pool_status()["in_use"])
        return await put(*given, **options)

    monkeypatch.setattr(keeper.storage, "put", watched)
    await keeper.verdicts(("a", b"1"), ("b", b"2"))
    assert held == [0, 0]
