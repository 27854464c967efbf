"""What can go wrong. The general errors are the library's; below are those of this system alone.

``padstone.problems`` answers each of them with the status of its branch and one JSON shape.
"""

from padstone.errors import (
    AuthError,
    BadRequestError,
    ConflictError,
    FieldError,
    NotFoundError,
    PermissionDeniedError,
    UnavailableError,
    ValidationError,
)

__all__ = [
    "AuthError",
    "BadRequestError",
    "ConflictError",
    "FieldError",
    "NotExtractedError",
    "NotFoundError",
    "NotUploadedError",
    "PermissionDeniedError",
    "UnavailableError",
    "UnreadableFileError",
    "UploadQuotaReachedError",
    "ValidationError",
]


class NotUploadedError(ConflictError):
    """The bytes did not arrive as they were announced."""

    code = "upload_not_complete"
    detail = "The bytes of this file have not been uploaded as announced."


class NotExtractedError(ConflictError):
    """Nothing was read from the file, or not yet; the detail says which."""

    code = "text_not_extracted"
    detail = "The file has not been read yet."


class UploadQuotaReachedError(ConflictError):
    """An old file has to go before a new one comes."""

    code = "upload_quota_reached"
    detail = "As many files are kept as may be. Delete one first."


class UnreadableFileError(ValidationError):
    """The file is not what its type says, or nothing can be read from it."""

    code = "unreadable_file"
    detail = "The file cannot be read as a PDF or DOCX document."
