"""What a file is by its content, and whether that is what its name says.

Not a virus scanner: it finds programs that call themselves pictures, and pages that call
themselves documents. Whatever a file is, it is handed out as an attachment only.
"""

import codecs
from dataclasses import dataclass

import puremagic

__all__ = ["HANDED_OUT", "Content", "Inspection", "handed_out_as"]

UNKNOWN = "application/octet-stream"
HEAD_BYTES = 8192

_ZIPPED_NAMES = """
    docx dotx docm xlsx xlsm xltx pptx pptm potx odt ods odp odg epub zip jar war apk whl
"""
_OLE_NAMES = "doc dot xls xlt ppt pps msi msg vsd"
_SIGNED_NAMES = """
    pdf png jpg jpeg jpe jfif gif webp bmp tif tiff psd gz tgz bz2 xz 7z rar zst mp4 m4a mov avi mkv
    webm ogg oga ogv flac wav exe dll sys class woff woff2 sqlite rtf
"""
_TEXTUAL_NAMES = """
    adoc bat c cfg clj cmake conf cpp cs cxx dart dockerfile env erl ex exs f90 fs go gradle graphql
    groovy h hpp hs ini ipynb java jl jsonl jsx kt kts less lock log lua m ml mm php pl pm proto ps1
    py pyi r rb rs rst sass scala scss sh sql svelte swift tex tf toml ts tsv tsx txt vb vue zig
"""
_ZIPPED = frozenset(_ZIPPED_NAMES.split())
_OLE = frozenset(_OLE_NAMES.split())
# Names that promise a signature. What has none of it is something else.
_SIGNED = _ZIPPED | _OLE | frozenset(_SIGNED_NAMES.split())
_TEXTS = {
    "csv": "text/csv",
    "css": "text/css",
    "htm": "text/html",
    "html": "text/html",
    "js": "text/javascript",
    "json": "application/json",
    "markdown": "text/markdown",
    "md": "text/markdown",
    "mjs": "text/javascript",
    "svg": "image/svg+xml",
    "xhtml": "application/xhtml+xml",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "yml": "application/yaml",
}
# Names that promise text. What is none is something else.
_TEXTUAL = frozenset(_TEXTS) | frozenset(_TEXTUAL_NAMES.split())
# A signature that many formats share, in place of the one that the name has.
_SHARED = {b"PK\x03\x04": _ZIPPED, b"PK\x05\x06": _ZIPPED, b"\xd0\xcf\x11\xe0": _OLE}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_SHARED_TYPES = {
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "epub": "application/epub+zip",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}
# What no browser runs, whoever opens it. All else is handed out as bytes.
_PASSIVE = frozenset(_SHARED_TYPES.values()) | {
    "application/gzip",
    "application/json",
    "application/pdf",
    "application/zip",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/csv",
    "text/markdown",
    "text/plain",
}
HANDED_OUT = tuple(sorted(_PASSIVE | {UNKNOWN}))
"""Every type under which a file may leave."""
# No text has these, whatever its encoding: all controls but those of a typewriter.
_CONTROLS = bytes(sorted(set(range(32)) - {8, 9, 10, 12, 13, 27})) + b"\x7f"
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Content:
    """``media_type`` by the content; ``is_as_named`` is whether the name promises that."""

    media_type: str
    is_as_named: bool


class Inspection:
    """Looks at the bytes of one file as they pass."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._has_controls = False
        self._utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()

    def feed(self, piece: bytes) -> None:
        """The next bytes."""
        if len(self._head) < HEAD_BYTES:
            self._head += piece[: HEAD_BYTES - len(self._head)]
        if not self._has_controls:
            self._has_controls = len(piece.translate(None, _CONTROLS)) < len(piece)
        if self._utf8 is not None:
            try:
                self._utf8.decode(piece)
            except UnicodeDecodeError:
                self._utf8 = None

    def content(self, name: str) -> Content:
        """What the file of this ``name`` is, after its last byte."""
        suffix = name.rpartition(".")[2].lower()
        found = self._signed_as(suffix)
        if found is not None:
            return Content(found, is_as_named=True)
        if self._is_text():
            named = _TEXTS.get(suffix, "text/plain")
            return Content("text/plain" if suffix in _SIGNED else named, suffix not in _SIGNED)
        best = next((each.mime_type for each in self._signatures() if each.mime_type), UNKNOWN)
        return Content(best, suffix not in _SIGNED | _TEXTUAL)

    def _signed_as(self, suffix: str) -> str | None:
        """The media type, where the content has the signature that the name promises."""
        if suffix not in _SIGNED:
            return None
        if suffix in _SHARED.get(bytes(self._head[:4]), ()):
            return _SHARED_TYPES.get(suffix, "application/zip" if suffix in _ZIPPED else UNKNOWN)
        if suffix in _ZIPPED | _OLE:
            return None
        own = (each for each in self._signatures() if each.extension.lower() == f".{suffix}")
        return next((each.mime_type or UNKNOWN for each in own), None)

    def _is_text(self) -> bool:
        if self._head.startswith(_WIDE):
            return True
        # Without a control, what is no UTF-8 is text of some older encoding.
        return not self._has_controls

    def _signatures(self) -> list[puremagic.PureMagicWithConfidence]:
        try:
            return list(puremagic.magic_string(bytes(self._head)))
        except (puremagic.PureError, ValueError):  # nothing it knows, or nothing at all
            return []


def handed_out_as(media_type: str) -> str:
    """The type under which a file may leave: mere bytes where a browser might run it."""
    return media_type if media_type in _PASSIVE else UNKNOWN
