import pytest

from padstone.auth.users.letters import Letters
from padstone.auth.users.link_token import LinkPurpose, LinkTokens
from padstone.auth.users.post import MailPurpose
from padstone.ids import new_id
from padstone.settings import UserSettings

from .conftest import User, token_of

TOKENS = LinkTokens(UserSettings())
LETTERS = Letters("Little", "https://little.example.com/app", TOKENS)
USER = User(id=new_id(), email="someone@example.com", password_hash="hash")


@pytest.mark.parametrize(
    ("purpose", "link"),
    [
        (MailPurpose.VERIFY_EMAIL, LinkPurpose.VERIFY_EMAIL),
        (MailPurpose.ACCOUNT_EXISTS, LinkPurpose.RESET_PASSWORD),
        (MailPurpose.INVITED, LinkPurpose.RESET_PASSWORD),
        (MailPurpose.RESET_PASSWORD, LinkPurpose.RESET_PASSWORD),
    ],
)
def test_a_letter_holds_the_link_that_it_is_about(purpose: MailPurpose, link: LinkPurpose) -> None:
    letter = LETTERS.write(purpose, USER)
    assert f"\n\nhttps://little.example.com/app/{link.value}#token=" in letter.text
    said = TOKENS.read(token_of(letter.text))
    assert said is not None
    assert TOKENS.fits(link, said, USER)


def test_who_did_nothing_is_told_what_to_do() -> None:
    for purpose in MailPurpose:
        letter = LETTERS.write(purpose, USER)
        assert letter.subject.startswith("Little: ")
        assert "If it was not you" in letter.text
        assert max(map(len, letter.subject.splitlines())) < 60


def test_a_changed_password_is_no_link() -> None:
    assert "http" not in LETTERS.write(MailPurpose.PASSWORD_CHANGED, USER).text
