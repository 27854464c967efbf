"""What a file may be called, and what becomes of names that are not.

A name comes from a stranger and goes to people, archives and other machines. What cannot be shown
or stored anywhere is taken out; what means another folder is refused, since nobody can say what
was meant.
"""

import re
import unicodedata

__all__ = ["PathRefusedError", "clean_path"]

MAX_NAME_BYTES = 255  # of most file systems
MAX_PATH_BYTES = 1024
MAX_DEPTH = 64

# Control characters, and those that have no width or turn the order of letters around, so that
# `exe.gpj` reads as a picture.
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_NO_FILE_HAS = re.compile(r'[<>:"|?*]')
_DRIVE = re.compile(r"^[A-Za-z]:(?=[/\\])")
_DEVICE = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)", re.IGNORECASE
)
# What browsers do to quotation marks and line ends in a name (HTML, multipart/form-data).
_ESCAPED = {"%22": '"', "%0D": "\r", "%0A": "\n"}


class PathRefusedError(Exception):
    """The path cannot be taken. ``code`` is for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def clean_path(given: str) -> str:
    """``given`` as a relative path with ``/``, whose every name can be stored anywhere.

    Raises ``PathRefusedError`` where it leads out of its folder, or has too many or no names.
    """
    for escaped, character in _ESCAPED.items():
        given = given.replace(escaped, character)
    path = _DRIVE.sub("", unicodedata.normalize("NFC", given)).replace("\\", "/")
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if any(part.strip() == ".." for part in parts):
        raise PathRefusedError("path_leads_elsewhere", "The path leads out of its folder.")
    names = [_clean_name(part) for part in parts]
    # A name that was hidden among invisible characters.
    if any(name in {".", ".."} for name in names):
        raise PathRefusedError("path_leads_elsewhere", "The path leads out of its folder.")
    if not names:
        raise PathRefusedError("path_missing", "The file has no name.")
    cleaned = "/".join(names)
    if len(names) > MAX_DEPTH or len(cleaned.encode()) > MAX_PATH_BYTES:
        raise PathRefusedError("path_too_long", "The path has too many or too long names.")
    return cleaned


def _clean_name(part: str) -> str:
    visible = "".join(c for c in part if unicodedata.category(c) not in _INVISIBLE)
    name = _NO_FILE_HAS.sub("_", visible).strip()
    if name not in {".", ".."}:
        name = name.rstrip(". ")  # Windows drops them, and would meet another file
    if _DEVICE.match(name):
        name = f"_{name}"
    return _shortened(name) if name else "_"


def _shortened(name: str) -> str:
    """At most 255 bytes of it, with what comes after its last point, which says what it is."""
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, point, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > MAX_NAME_BYTES // 4:
        stem, point, suffix = name, "", ""
    room = MAX_NAME_BYTES - len((point + suffix).encode())
    return stem.encode()[:room].decode(errors="ignore") + point + suffix
