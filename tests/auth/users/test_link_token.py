import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from padstone.auth.users.link_token import LinkPurpose, LinkTokens
from padstone.settings import UserSettings

from .conftest import User

SETTINGS = UserSettings(SECRET_KEY="s" * 40)
TOKENS = LinkTokens(SETTINGS)
VERIFY, RESET = LinkPurpose.VERIFY_EMAIL, LinkPurpose.RESET_PASSWORD


def user(**values: Any) -> User:
    columns = {
        "id": uuid4(),
        "email": "someone@example.com",
        "email_verified_at": None,
        "password_hash": "hash",
        **values,
    }
    return User(**columns)


def fits(purpose: LinkPurpose, text: str, row: User, tokens: LinkTokens = TOKENS) -> bool:
    said = tokens.read(text)
    return said is not None and tokens.fits(purpose, said, row)


@pytest.mark.parametrize("purpose", LinkPurpose)
def test_a_token_fits_its_user_and_its_purpose(purpose: LinkPurpose) -> None:
    row = user()
    token = TOKENS.issue(purpose, row)
    said = TOKENS.read(token)
    assert said is not None
    assert said.user_id == row.id
    for other in LinkPurpose:
        assert fits(other, token, row) is (other is purpose)
    assert not fits(purpose, token, user(email="another@example.com"))


@pytest.mark.parametrize(
    "change",
    [
        {"email": "another@example.com"},
        {"password_hash": "other"},
        {"password_hash": None},
        {"email_verified_at": datetime.now(UTC)},
    ],
)
def test_a_token_is_spent_by_its_effect_and_by_every_other_change(change: dict[str, Any]) -> None:
    row = user()
    token = TOKENS.issue(RESET, row)
    assert fits(RESET, token, row)
    for name, value in change.items():
        setattr(row, name, value)
    assert not fits(RESET, token, row)


def test_a_token_has_its_time() -> None:
    row, now = user(), time.time()
    for purpose, seconds in (
        (VERIFY, SETTINGS.EMAIL_VERIFICATION_SECONDS),
        (RESET, SETTINGS.PASSWORD_RESET_SECONDS),
    ):
        token = TOKENS.issue(purpose, row)
        with time_machine.travel(now + seconds - 2, tick=False):
            assert fits(purpose, token, row)
        with time_machine.travel(now + seconds + 1, tick=False):
            assert not fits(purpose, token, row)


def test_the_time_cannot_be_changed() -> None:
    row = user()
    token = TOKENS.issue(RESET, row)
    for place in range(0, 75, 3):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert not fits(RESET, changed, row)


@pytest.mark.parametrize("text", ["", "x", "A" * 75, "A" * 74, "A" * 76, "é" * 75, "\0" * 75])
def test_what_was_never_a_token_is_none(text: str) -> None:
    assert not fits(RESET, text, user())


def test_a_rotated_secret_spends_no_link() -> None:
    row = user()
    rotated = LinkTokens(UserSettings(SECRET_KEY="n" * 40, SECRET_KEY_FALLBACKS=["s" * 40]))
    assert fits(RESET, TOKENS.issue(RESET, row), row, rotated)
    assert not fits(RESET, rotated.issue(RESET, row), row)
