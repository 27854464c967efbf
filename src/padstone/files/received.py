"""What became of an upload, file by file."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from padstone.files.columns import FileStatus

__all__ = ["Outcome", "Received", "ReceivedFile", "UploadLimits", "Verdict"]


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What one upload may hold. Bytes and files that are left out do not count.

    ``parts`` is how many parts are read at all, those left out included; more is an error.
    """

    files: int = 200
    file_bytes: int = 10 * 1024 * 1024
    total_bytes: int = 10 * 1024 * 1024
    parts: int = 5000
    field_bytes: int = 16 * 1024


class Outcome(StrEnum):
    """What became of a file."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    """It is kept, and never handed out: its content is not what its name says."""
    EXCLUDED = "excluded"
    """A pattern leaves it out."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that is in the storage. Its fields are those of ``FileColumns``."""

    id: UUID
    path: str
    name: str
    media_type: str
    size_bytes: int
    sha256: bytes
    storage_key: str
    status: FileStatus


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one file of the upload.

    ``path`` is the cleaned path, empty where none could be made. ``code`` and ``reason`` say why
    it was not taken, or is in quarantine. ``same_as`` is the path of an earlier file of this
    upload with the same content.
    """

    path: str
    outcome: Outcome
    code: str | None = None
    reason: str | None = None
    file: ReceivedFile | None = None
    same_as: str | None = None


@dataclass(slots=True)
class Received:
    """An upload that was read to its end: a verdict for each file, in their order."""

    verdicts: list[Verdict] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    """The other fields of the form, the last one of a name."""

    @property
    def files(self) -> list[ReceivedFile]:
        """What is in the storage and wants a row."""
        return [verdict.file for verdict in self.verdicts if verdict.file is not None]

    @property
    def total_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)
