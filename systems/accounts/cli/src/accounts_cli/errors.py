"""What can go wrong, and the exit status it has.

CliError                         1  the message says what happened and what to do
├── UsageError                   2  the command cannot be used like this
├── NotLoggedInError             3  there is no key to show
├── KeyRefusedError              3  the key that was shown is not accepted
├── UnreachableError             4  no server answered
├── UnexpectedAnswerError        1  something answered that is not the accounts API
└── RefusalError                 1  the API answered that it cannot or will not
"""

from typing import ClassVar

__all__ = [
    "CliError",
    "KeyRefusedError",
    "NotLoggedInError",
    "RefusalError",
    "UnexpectedAnswerError",
    "UnreachableError",
    "UsageError",
]


class CliError(Exception):
    """Its text is shown as it is, so it is written for the person at the terminal."""

    exit_status: ClassVar[int] = 1


class UsageError(CliError):
    exit_status = 2


class NotLoggedInError(CliError):
    exit_status = 3


class KeyRefusedError(CliError):
    exit_status = 3


class UnreachableError(CliError):
    exit_status = 4


class UnexpectedAnswerError(CliError):
    def __init__(self, url: str, what: str) -> None:
        super().__init__(
            f"{url} answered, but not as the accounts API does: {what}. "
            "Is this the right address? `accounts login --api-url URL` sets another."
        )


class RefusalError(CliError):
    pass
