"""What a file is, whatever it is called."""

import io
import random
import zipfile

import pytest

from padstone.files.content import Inspection, handed_out_as


def zipped(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "content")
    return made.getvalue()


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 30
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 30
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" + b"\x00" * 30
GIF = b"GIF89a\x01\x00\x01\x00" + b"\x00" * 30
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 60
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 60
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 60
NOISE = random.Random(7).randbytes(4000)  # noqa: S311  # the same each time
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
DOCX = zipped("[Content_Types].xml", "word/document.xml")
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def look(content: bytes, name: str, piece: int = 1 << 20) -> tuple[str, bool]:
    inspection = Inspection()
    for start in range(0, len(content), piece):
        inspection.feed(content[start : start + piece])
    found = inspection.content(name)
    return found.media_type, found.is_as_named


AS_NAMED = [
    (PNG, "a.png", "image/png"),
    (PNG, "a.PNG", "image/png"),
    (JPEG, "a.jpg", "image/jpeg"),
    (JPEG, "a.jpeg", "image/jpeg"),
    (GIF, "a.gif", "image/gif"),
    (PDF, "a.pdf", "application/pdf"),
    (b"%PDF-1.4\nonly ASCII\n", "a.pdf", "application/pdf"),
    (DOCX, "a.docx", DOCX_TYPE),
    (zipped("a"), "a.zip", "application/zip"),
    (zipped(), "a.zip", "application/zip"),
    (OLE, "a.doc", "application/msword"),
    (b"import os\n", "a.py", "text/plain"),
    (b"# Title\n", "README.md", "text/markdown"),
    (b"a,b\n1,2\n", "a.csv", "text/csv"),
    (b'{"a": 1}', "a.json", "application/json"),
    ("grün\n".encode(), "a.txt", "text/plain"),
    ("grün\n".encode("latin-1"), "a.txt", "text/plain"),
    ("grün\n".encode("utf-16"), "a.txt", "text/plain"),
    (b"", "a.txt", "text/plain"),
    (b"", "empty", "text/plain"),
    (b"words", "Makefile", "text/plain"),
    (b"words", "a.unknown", "text/plain"),
    (HTML, "a.html", "text/html"),
    (SVG, "a.svg", "image/svg+xml"),
    (b"\x1b[31mred\n", "a.log", "text/plain"),
    (NOISE, "a.bin", "application/octet-stream"),
    (NOISE, "noise", "application/octet-stream"),
]
NOT_AS_NAMED = [
    (HTML, "a.png"),
    (SVG, "a.jpg"),
    (HTML, "a.pdf"),
    (PNG, "a.pdf"),
    (PDF, "a.png"),
    (EXE, "a.pdf"),
    (EXE, "a.png"),
    (EXE, "a.txt"),
    (EXE, "a.py"),
    (ELF, "a.md"),
    (ELF, "a.docx"),
    (PNG, "a.docx"),
    (DOCX, "a.doc"),
    (OLE, "a.docx"),
    (DOCX, "a.txt"),
    (zipped("a"), "a.png"),
    (zipped("a"), "a.py"),
    (NOISE, "a.txt"),
    (NOISE, "a.png"),
    (b"words", "a.exe"),
    (b"words", "a.zip"),
    (b"", "a.png"),
    (b"hidden\x00zero", "a.txt"),
    (b"words " * 5000 + b"\x00" * 10, "late.txt"),
]


@pytest.mark.parametrize(("content", "name", "media_type"), AS_NAMED)
@pytest.mark.parametrize("piece", [1 << 20, 7, 1])
def test_a_file_that_is_what_its_name_says(
    content: bytes, name: str, media_type: str, piece: int
) -> None:
    assert look(content, name, piece) == (media_type, True)


@pytest.mark.parametrize(("content", "name"), NOT_AS_NAMED)
@pytest.mark.parametrize("piece", [1 << 20, 7])
def test_a_file_that_is_something_else(content: bytes, name: str, piece: int) -> None:
    assert look(content, name, piece)[1] is False


@pytest.mark.parametrize(
    "active",
    [
        "text/html",
        "image/svg+xml",
        "application/xhtml+xml",
        "application/xml",
        "text/xml",
        "text/javascript",
        "application/x-shockwave-flash",
        "text/css",
        "message/rfc822",
        "multipart/related",
        "nonsense",
        "",
    ],
)
def test_what_a_browser_might_run_is_handed_out_as_bytes(active: str) -> None:
    assert handed_out_as(active) == "application/octet-stream"


def test_what_no_browser_runs_keeps_its_type() -> None:
    for passive in ("image/png", "application/pdf", "text/plain", DOCX_TYPE):
        assert handed_out_as(passive) == passive
