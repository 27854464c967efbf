import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.auth.users.common_passwords import COMMON_PASSWORDS
from padstone.auth.users.password_rules import LONGEST, SHORTEST, check_choice, prepared
from padstone.errors import ValidationError

EMAIL = "averylongname@example.com"


def objection(password: str) -> str | None:
    try:
        check_choice(prepared(password), EMAIL)
    except ValidationError as error:
        [problem] = error.errors
        assert problem.field == "body.password"
        assert problem.code == "bad_password"
        return problem.message
    return None


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "zwölf Zeichen",
        "öööäääüüüßßß!",
        "密码密码密码不太常见的密码",
        "aaaaaaaaaaab",
        " " * 11 + "x",
        "x y" * 42 + "zz",
    ],
)
def test_any_characters_will_do(password: str) -> None:
    assert objection(password) is None


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("short", "at least 12"),
        ("x" * 11, "at least 12"),
        ("🔑" * 11, "at least 12"),
        ("long" + "er " * 42, "at most 128"),
        ("password1234", "guessed first"),
        ("PassWord1234", "guessed first"),
        ("aaaaaaaaaaaa", "guessed first"),
        ("abcabcabcabc", "guessed first"),
        ("1234123412341", "guessed first"),
        (EMAIL, "e-mail"),
        (EMAIL.upper(), "e-mail"),
        ("averylongname", "e-mail"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, word: str) -> None:
    message = objection(password) or ""
    assert word in message
    assert password not in message


def test_the_list_is_of_what_could_be_chosen() -> None:
    assert len(COMMON_PASSWORDS) > 200
    assert {word for word in COMMON_PASSWORDS if not SHORTEST <= len(word) <= LONGEST} == set()
    assert {word for word in COMMON_PASSWORDS if word != word.casefold()} == set()


def test_two_keyboards_type_one_password() -> None:
    assert prepared("cafe\u0301 ﬁne ①②③④") == prepared("caf\u00e9 fine 1234")


@given(st.text(max_size=200))
def test_no_text_is_too_odd(password: str) -> None:
    once = prepared(password)
    assert prepared(once) == once
    objection(password)
