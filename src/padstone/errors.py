"""What can go wrong, in the words of the domain. Nothing here knows of HTTP.

PadstoneError
├── BadRequestError          the request as a whole cannot be understood
├── AuthError                nobody knows who is calling
├── PaymentRequiredError     the caller's balance does not cover it
├── PermissionDeniedError    the caller is known and may not
├── NotFoundError            there is no such thing, or it is somebody else's
├── ConflictError            the present state of things forbids it
├── PreconditionFailedError  somebody else has changed it since the caller looked
├── TooLargeError            more bytes than are taken
├── UnsupportedMediaError    a content type that is not taken
├── ValidationError          a named field has a value that cannot be used
├── RateLimitedError         too often; ``retry_after`` says when again
└── UnavailableError         something this service needs does not answer

A system subclasses the branch that fits, gives its own ``code`` and, if it likes, a ``detail``:
``padstone.problems`` translates each class by its nearest ancestor in this tree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "AuthError",
    "BadRequestError",
    "ConflictError",
    "FieldError",
    "NotFoundError",
    "PadstoneError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "PreconditionFailedError",
    "RateLimitedError",
    "TooLargeError",
    "UnavailableError",
    "UnsupportedMediaError",
    "ValidationError",
]


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field's problem.

    ``field`` is a path such as ``body.items.0.price``; ``message`` says what is wrong and what
    would be right, and never repeats the value; ``code`` is for machines.
    """

    field: str
    message: str
    code: str = "invalid"


class PadstoneError(Exception):
    """The root of the tree. ``code`` is stable and public, ``detail`` is a sentence for a person.

    ``retry_after`` is in seconds and means that the same call may succeed later.
    """

    code: ClassVar[str] = "error"
    detail: str = "The request failed."

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: float | None = None,
    ) -> None:
        if detail is not None:
            self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after
        super().__init__(self.detail)


class BadRequestError(PadstoneError):
    code = "bad_request"
    detail = "The request cannot be understood."


class AuthError(PadstoneError):
    """One sentence for every cause, so that nobody learns which keys or accounts exist."""

    code = "unauthenticated"
    detail = "Valid credentials are required."


class PaymentRequiredError(PadstoneError):
    code = "payment_required"
    detail = "The balance does not cover this request."


class PermissionDeniedError(PadstoneError):
    code = "permission_denied"
    detail = "These credentials do not permit this request."


class NotFoundError(PadstoneError):
    code = "not_found"
    detail = "There is no such resource."


class ConflictError(PadstoneError):
    code = "conflict"
    detail = "The request conflicts with the present state of the resource."


class PreconditionFailedError(PadstoneError):
    code = "precondition_failed"
    detail = "The resource has changed since it was read. Read it again and repeat the change."


class TooLargeError(PadstoneError):
    code = "too_large"
    detail = "The request is larger than this service accepts."


class UnsupportedMediaError(PadstoneError):
    code = "unsupported_media_type"
    detail = "This content type is not accepted here."


class ValidationError(PadstoneError):
    code = "validation_failed"
    detail = "Some fields have values that cannot be used."


class RateLimitedError(PadstoneError):
    code = "rate_limited"
    detail = "Too many requests."


class UnavailableError(PadstoneError):
    """A dependency does not answer. The caller may try again after ``retry_after`` seconds."""

    code = "unavailable"
    detail = "A service that this request needs does not answer. Try again shortly."

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: float | None = 1.0,
    ) -> None:
        super().__init__(detail, errors=errors, retry_after=retry_after)
