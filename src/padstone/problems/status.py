"""Which HTTP status each branch of the error tree has."""

from padstone import errors

__all__ = ["STATUS", "code_of_status", "status_of"]

STATUS: dict[type[errors.PadstoneError], int] = {
    errors.BadRequestError: 400,
    errors.AuthError: 401,
    errors.PaymentRequiredError: 402,
    errors.PermissionDeniedError: 403,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.PreconditionFailedError: 412,
    errors.TooLargeError: 413,
    errors.UnsupportedMediaError: 415,
    errors.ValidationError: 422,
    errors.RateLimitedError: 429,
    errors.UnavailableError: 503,
    errors.PadstoneError: 500,
}
"""The HTTP status of each branch of the tree; what descends from it has the same."""

_CODES = {status: error.code for error, status in STATUS.items()} | {
    405: "method_not_allowed",
    500: "internal_error",
}


def status_of(error: type[errors.PadstoneError]) -> int:
    """The status of the nearest ancestor that has one."""
    return next(STATUS[cls] for cls in error.__mro__ if cls in STATUS)


def code_of_status(status: int) -> str:
    """The code for a bare HTTP error, such as the framework raises."""
    return _CODES.get(status, "internal_error" if status >= 500 else "bad_request")  # noqa: PLR2004
