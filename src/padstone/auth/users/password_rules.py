"""Which passwords may be chosen: length and not easily guessed (NIST SP 800-63B, 3.1.1.2).

There are no rules of composition: they make passwords worse.
"""

import unicodedata

from padstone.auth.users.common_passwords import COMMON_PASSWORDS
from padstone.errors import FieldError, ValidationError

__all__ = ["LONGEST", "SHORTEST", "check_choice", "prepared"]

SHORTEST, LONGEST = 12, 128
_LONGEST_PATTERN = 4  # "abcdabcdabcd" is no better than "abcd"


def prepared(password: str) -> str:
    """``password`` in one form, whichever keyboard it was typed on (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_choice(password: str, email: str, *, field: str = "body.password") -> None:
    """Raises ``ValidationError`` where ``password``, prepared, must not be chosen."""
    message = _objection(password, email)
    if message is not None:
        raise ValidationError(errors=[FieldError(field, message, "bad_password")])


def _objection(password: str, email: str) -> str | None:
    if len(password) < SHORTEST:
        return f"must have at least {SHORTEST} characters; a few words are easy to remember"
    if len(password) > LONGEST:
        return f"must have at most {LONGEST} characters"
    folded = password.casefold()
    if folded in COMMON_PASSWORDS or _repeats(folded):
        return "is one of those that are guessed first; take another"
    if folded in {email, email.partition("@")[0]}:
        return "must not be the e-mail address"
    return None


def _repeats(password: str) -> bool:
    for length in range(1, _LONGEST_PATTERN + 1):
        pattern = password[:length]
        if (pattern * (len(password) // length + 1))[: len(password)] == password:
            return True
    return False
