import pytest
from accounts_cli.key_text import check_key, redact
from server import FULL_KEY


def test_a_key_is_taken_without_the_space_around_it() -> None:
    assert check_key(f" {FULL_KEY}\r\n") == FULL_KEY


@pytest.mark.parametrize(
    "text",
    [
        "hunter2",
        "sk_live_",
        "sk_prod_abcdefghijklmnop",
        f"{FULL_KEY} x",
        f"{FULL_KEY}\nX: y",
        "é" * 9,
    ],
)
def test_what_cannot_be_a_key_is_not_repeated_in_the_complaint(text: str) -> None:
    with pytest.raises(ValueError, match="sk_live_ or sk_test_") as refused:
        check_key(text)
    assert text not in str(refused.value).replace("sk_live_ or sk_test_", "")


def test_nothing_is_called_empty() -> None:
    with pytest.raises(ValueError, match="empty"):
        check_key(" \n")


def test_keys_are_cut_down_wherever_they_stand() -> None:
    assert redact(f"a {FULL_KEY}, b sk_test_ABCDEFGHIJK.") == "a sk_live_full…, b sk_test_ABCD…."
    assert redact("keys begin with sk_live_ or sk_test_.").endswith("sk_live_ or sk_test_.")
