import pytest

from padstone.auth.users.addresses import normalized
from padstone.errors import ValidationError


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (" Someone@Example.COM ", "someone@example.com"),
        ("someone+tag@example.com", "someone+tag@example.com"),
        ("someone@B\u00dcCHER.example.com", "someone@b\u00fccher.example.com"),
    ],
)
def test_an_address_has_one_form(given: str, stored: str) -> None:
    assert normalized(given) == stored
    assert normalized(stored) == stored


@pytest.mark.parametrize(
    "given", ["", "nobody", "a@b", "a@b@c.de", "a b@example.com", "\0@x.de", "\u00fc@x.de"]
)
def test_what_is_none_is_refused_without_being_repeated(given: str) -> None:
    with pytest.raises(ValidationError) as caught:
        normalized(given)
    [error] = caught.value.errors
    assert error.field == "email"
    assert not given or given not in error.message
