"""What can go wrong in this system alone. The general errors are the library's.

``padstone.problems`` answers each of them with the status of its branch and one JSON shape.
"""

from padstone.errors import ConflictError, ValidationError

__all__ = [
    "ConfigurationNotPersonalError",
    "LastAdminError",
    "NothingUploadedError",
    "PromptOutdatedError",
    "UploadChangedError",
]


class LastAdminError(ConflictError):
    """Nobody would be left who can invite users and give them roles."""

    code = "last_admin"
    detail = "This is the only admin. Make another user an admin first."


class PromptOutdatedError(ConflictError):
    """Two people wrote at the same time, and the other one was faster."""

    code = "prompt_outdated"
    detail = "A newer version was made since. Read it, and base yours on that."


class ConfigurationNotPersonalError(ConflictError):
    """The key is one of those that are the same for everybody."""

    code = "configuration_not_personal"
    detail = "This is the same for everybody. An admin may set it for the system."


class NothingUploadedError(ValidationError):
    """``errors`` says of the first files why they were not taken."""

    code = "nothing_uploaded"
    detail = "No file was taken. Each has a reason."


class UploadChangedError(ConflictError):
    code = "upload_changed"
    detail = "The upload has changed while the files came in. Send them again."
