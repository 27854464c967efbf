"""What a browser keeps."""

import hashlib

import pytest

from padstone.auth.cookie_sessions.secret import CookieSecret
from padstone.ids import new_id


def test_each_is_new_and_is_read_as_it_was_made() -> None:
    session_id = new_id()
    one, two = CookieSecret.new(session_id), CookieSecret.new(session_id)
    assert one.text != two.text
    assert CookieSecret.parse(one.text) == one
    assert one.session_id == session_id
    assert one.fits(one.digest)
    assert not one.fits(two.digest)


def test_the_digest_is_of_the_secret_alone_and_long() -> None:
    secret = CookieSecret.new(new_id())
    assert len(secret.digest) == hashlib.sha256().digest_size
    assert secret.digest not in secret.text.encode()
    assert secret.text not in repr(secret)


@pytest.mark.parametrize(
    "text",
    ["", "cs_", "cs_" + "A" * 63, "cs_" + "A" * 65, "cs_" + "A" * 63 + "+", "rt_" + "A" * 64],
)
def test_what_has_another_form_is_none_of_ours(text: str) -> None:
    assert CookieSecret.parse(text) is None


def test_a_line_break_behind_it_is_none_of_it() -> None:
    assert CookieSecret.parse(CookieSecret.new(new_id()).text + "\n") is None
