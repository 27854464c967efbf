"""Why a file as a whole cannot be read. What is wrong with a single row stands in the report."""

from padstone.errors import BadRequestError, TooLargeError

__all__ = ["TransferTooLargeError", "UnreadableFileError"]


class UnreadableFileError(BadRequestError):
    """``detail`` says what is wrong, where, and what would be right."""

    code = "unreadable_file"
    detail = "The file cannot be read."


class TransferTooLargeError(TooLargeError):
    """More bytes or more rows than one transfer takes."""

    code = "transfer_too_large"
    detail = "The file is larger than one import takes. Cut it into several."
