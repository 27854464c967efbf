"""API keys as text: what one looks like, and how to keep it out of what is shown."""

import re

__all__ = ["check_key", "redact"]

_KEY = re.compile(r"sk_(?:live|test)_[0-9A-Za-z]{8,200}").fullmatch
# Begins as the API's own lists show a key, so that its owner knows which one is meant.
_SHOWN = re.compile(r"(sk_(?:live|test)_[0-9A-Za-z]{0,4})[0-9A-Za-z]+")


def check_key(text: str) -> str:
    """``text`` without the space around it. Raises ``ValueError`` where it cannot be a key.

    The server alone knows whether a key is good. This keeps a password, or a file pasted by
    mistake, from being sent anywhere.
    """
    key = text.strip()
    if not key:
        raise ValueError("It is empty.")
    if not _KEY(key):
        raise ValueError("It is no API key: keys begin with sk_live_ or sk_test_.")
    return key


def redact(text: str) -> str:
    """``text`` with every API key in it cut down to its beginning."""
    return _SHOWN.sub(r"\1…", text)
