"""A principal is a value: equal to its like, and nobody can change it."""

from dataclasses import FrozenInstanceError
from uuid import UUID

import pytest

from padstone.principal import Principal

SUBJECT, CREDENTIAL = UUID(int=1), UUID(int=2)


def test_it_is_a_value() -> None:
    one = Principal(SUBJECT, CREDENTIAL, "api_key", frozenset({"read"}))
    assert one == Principal(SUBJECT, CREDENTIAL, "api_key", frozenset({"read"}))
    assert hash(one) == hash(Principal(SUBJECT, CREDENTIAL, "api_key", frozenset({"read"})))
    assert one != Principal(SUBJECT, CREDENTIAL, "api_key")


def test_nobody_gives_it_more_rights() -> None:
    with pytest.raises(FrozenInstanceError):
        Principal(SUBJECT, CREDENTIAL, "api_key").scopes = frozenset({"admin"})  # type: ignore[misc]


def test_a_log_names_the_credential() -> None:
    assert Principal(SUBJECT, CREDENTIAL, "api_key").actor == f"api_key:{CREDENTIAL}"
