import base64
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.auth.users.derived_keys import DerivedKeys
from padstone.auth.users.refresh_token import RefreshToken, RefreshTokens
from padstone.settings import UserSettings

TOKENS = RefreshTokens(UserSettings(SECRET_KEY="s" * 40))
SESSION = uuid4()


@given(st.uuids(), st.integers(1, 2**63 - 1))
def test_a_token_says_session_and_generation(session_id: UUID, generation: int) -> None:
    token = TOKENS.issue(session_id, generation)
    assert TOKENS.read(token) == RefreshToken(session_id, generation)
    assert token == TOKENS.issue(session_id, generation)
    assert token.startswith("rt_")


@given(st.integers(0, 77), st.sampled_from("AZaz09-_.=+/ \n\0é"))
def test_28_a_changed_token_is_not_ours(place: int, new: str) -> None:
    token = TOKENS.issue(SESSION, 1)
    changed = token[:place] + new + token[place + 1 :]
    said = TOKENS.read(changed)
    # The last character has bits that say nothing.
    assert said is None or said == TOKENS.read(token)
    assert place == 77 or changed == token or said is None


@pytest.mark.parametrize(
    "text", ["", "rt_", "rt_" + "A" * 75, "A" * 78, "rt_" + "A" * 76, "rt_" + "é" * 75]
)
def test_28_what_was_never_a_token_is_none(text: str) -> None:
    assert TOKENS.read(text) is None


def test_28_another_key_makes_no_token_of_ours() -> None:
    for settings, purpose in (
        (UserSettings(SECRET_KEY="x" * 40), "refresh-token"),
        (UserSettings(SECRET_KEY="s" * 40), "access-token"),
    ):
        message = SESSION.bytes + (1).to_bytes(8, "big")
        forged = message + DerivedKeys(settings, purpose).sign(message)
        text = "rt_" + base64.urlsafe_b64encode(forged).decode().rstrip("=")
        assert len(text) == len(TOKENS.issue(SESSION, 1))
        assert TOKENS.read(text) is None


def test_a_rotated_secret_logs_nobody_out() -> None:
    rotated = RefreshTokens(
        UserSettings(SECRET_KEY="n" * 40, SECRET_KEY_FALLBACKS=["s" * 40]),
    )
    assert rotated.read(TOKENS.issue(SESSION, 3)) == RefreshToken(SESSION, 3)
    assert TOKENS.read(rotated.issue(SESSION, 3)) is None
