"""What can go wrong when users sign in."""

from padstone.errors import (
    AuthError,
    FieldError,
    PermissionDeniedError,
    RateLimitedError,
    ValidationError,
)

__all__ = [
    "BadLinkError",
    "BadRefreshTokenError",
    "LoginRefusedError",
    "SessionNeededError",
    "TooManyAttemptsError",
    "WrongPasswordError",
]


class LoginRefusedError(AuthError):
    """One sentence for every cause: nobody learns which addresses are known."""

    code = "login_refused"
    detail = (
        "This e-mail address and password do not sign anybody in. "
        "Newly registered? Open the link that we mailed first."
    )


class BadRefreshTokenError(AuthError):
    code = "bad_refresh_token"
    detail = "This refresh token does not work, or no longer. Sign in again."


class TooManyAttemptsError(RateLimitedError):
    code = "too_many_attempts"
    detail = "Too many passwords were tried for this address. Try again later."


class SessionNeededError(PermissionDeniedError):
    code = "session_needed"
    detail = "An API key cannot do this; sign in."


class WrongPasswordError(ValidationError):
    code = "wrong_password"
    detail = "The current password is not right."

    def __init__(self) -> None:
        error = FieldError("body.current_password", "is not right", self.code)
        super().__init__(errors=[error])


class BadLinkError(ValidationError):
    code = "bad_link"
    detail = "This link was used already or is too old. Ask for a new one."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("body.token", "does not work any more", self.code)])
