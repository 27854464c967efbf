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
    "NotFoundError",
    "NotUploadedError",
    "PermissionDeniedError",
    "UnavailableError",
    "UnreadableFileError",
    "UploadQuotaReachedError",
    "ValidationError",
    "WrongPasswordError",
]


class NotUploadedError(ConflictError):
    """The bytes did not arrive as they were announced."""

    code = "upload_not_complete"
    detail = "The bytes of this file have not been uploaded as announced."


class UploadQuotaReachedError(ConflictError):
    """An old file has to go before a new one comes."""

    code = "upload_quota_reached"
    detail = "As many files are kept as may be. Delete one first."


class UnreadableFileError(ValidationError):
    """The file is not what its type says, or nothing can be read from it."""

    code = "unreadable_file"
    detail = "The file cannot be read as a PDF or DOCX document."


class WrongPasswordError(PermissionDeniedError):
    """The caller is known, and did not prove it a second time."""

    code = "wrong_password"
    detail = "The password is not right, so nothing was erased."
