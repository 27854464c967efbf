"""What can go wrong in this system alone. The general errors are the library's.

``padstone.problems`` answers each of them with the status of its branch and one JSON shape.
"""

from padstone.errors import ConflictError, UnavailableError, ValidationError

__all__ = [
    "AnalysisIncompleteError",
    "AnalysisNotFailedError",
    "AnalysisNotManualError",
    "AnalysisOverError",
    "AnswerUnusableError",
    "ConfigurationNotPersonalError",
    "LastAdminError",
    "NoModelError",
    "NothingToReadError",
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


class AnalysisOverError(ConflictError):
    """It has succeeded, failed or been cancelled."""

    code = "analysis_over"
    detail = "This analysis is over."


class AnalysisNotFailedError(ConflictError):
    code = "analysis_not_failed"
    detail = "Only an analysis that failed can be tried again. Start a new one instead."


class AnalysisNotManualError(ConflictError):
    code = "analysis_not_manual"
    detail = "A model judges here. Take the analysis over first, and enter results then."


class AnalysisIncompleteError(ConflictError):
    """``errors`` names each criterion that has no result yet."""

    code = "analysis_incomplete"
    detail = "Some criteria have no result yet."


class NoModelError(ConflictError):
    code = "no_model"
    detail = (
        "There is no such model here. Choose one of those that the list of models shows, or "
        "judge by hand: mode manual."
    )


class NothingToReadError(ConflictError):
    """The upload has no file with text that was found to be what its name says."""

    code = "nothing_to_read"
    detail = "There is no text in these files. Upload source files or documents, and start anew."


class AnswerUnusableError(UnavailableError):
    """What a model said is not in the form that it was given. Asked again it may be."""

    code = "answer_unusable"
    detail = "The model's answer was not in the agreed form."


class NothingUploadedError(ValidationError):
    """``errors`` says of the first files why they were not taken."""

    code = "nothing_uploaded"
    detail = "No file was taken. Each has a reason."


class UploadChangedError(ConflictError):
    code = "upload_changed"
    detail = "The upload has changed while the files came in. Send them again."
