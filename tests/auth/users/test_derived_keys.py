import pytest

from padstone.auth.users.derived_keys import DerivedKeys
from padstone.settings import UserSettings

OLD, NEW = "o" * 40, "n" * 40


def keys(secret: str, *former: str, purpose: str = "something") -> DerivedKeys:
    return DerivedKeys(UserSettings(SECRET_KEY=secret, SECRET_KEY_FALLBACKS=list(former)), purpose)


def test_a_signature_is_believed_for_its_message_alone() -> None:
    signature = keys(NEW).sign(b"message")
    assert keys(NEW).is_signed(b"message", signature)
    assert not keys(NEW).is_signed(b"massage", signature)
    assert not keys(NEW).is_signed(b"message", signature[:-1])
    assert not keys(NEW).is_signed(b"message", b"")


def test_a_key_is_good_for_one_purpose() -> None:
    signature = keys(NEW, purpose="one").sign(b"message")
    assert not keys(NEW, purpose="two").is_signed(b"message", signature)
    assert NEW.encode() not in keys(NEW).current


def test_a_rotated_secret_goes_on_being_believed_while_it_is_named() -> None:
    before = keys(OLD).sign(b"message")
    assert keys(NEW, OLD).is_signed(b"message", before)
    assert keys(NEW, OLD).sign(b"message") == keys(NEW).sign(b"message") != before
    assert not keys(NEW).is_signed(b"message", before)


@pytest.mark.parametrize("purpose", ["access-token", "refresh-token"])
def test_every_process_derives_the_same(purpose: str) -> None:
    assert list(keys(NEW, OLD, purpose=purpose)) == list(keys(NEW, OLD, purpose=purpose))
