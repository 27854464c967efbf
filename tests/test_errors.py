"""The tree of errors is what its picture says, and each error can speak for itself."""

import copy
import inspect
import pickle
import re

import pytest

from padstone import errors
from padstone.errors import FieldError, PadstoneError, RateLimitedError, UnavailableError

TREE = [
    value
    for _, value in inspect.getmembers(errors, inspect.isclass)
    if issubclass(value, PadstoneError)
]


def test_the_picture_at_the_head_of_the_module_shows_the_whole_tree() -> None:
    drawn = re.findall(r"^(?:[├└]── )?(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)
    assert sorted(drawn) == sorted(error.__name__ for error in TREE)
    assert all(error.__base__ is PadstoneError for error in TREE if error is not PadstoneError)


def test_codes_are_distinct_and_fit_for_machines() -> None:
    codes = [error.code for error in TREE]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("error", TREE)
def test_each_has_a_sentence_of_its_own(error: type[PadstoneError]) -> None:
    assert str(error()) == error.detail
    assert error.detail.endswith(".")
    assert [other for other in TREE if other.detail == error.detail] == [error]


@pytest.mark.parametrize("error", TREE)
def test_what_is_said_is_kept_and_binds_no_other_instance(error: type[PadstoneError]) -> None:
    field = FieldError("body.email", "is taken", "already_exists")
    said = error("Two of them.", errors=[field], retry_after=2.5)
    assert (str(said), said.detail) == ("Two of them.", "Two of them.")
    assert said.errors == (field,)
    assert said.retry_after == 2.5
    assert error().detail == error.detail != "Two of them."
    assert error().errors == ()


@pytest.mark.parametrize("error", TREE)
def test_an_error_survives_a_copy_and_the_way_to_another_process(
    error: type[PadstoneError],
) -> None:
    said = error("Two of them.", errors=[FieldError("body", "is odd")], retry_after=2.5)
    for twin in (copy.copy(said), pickle.loads(pickle.dumps(said))):  # noqa: S301  # our own bytes
        assert type(twin) is error
        assert vars(twin) == vars(said)


def test_only_what_may_pass_by_itself_says_when_to_come_again() -> None:
    assert UnavailableError().retry_after == 1.0
    assert UnavailableError(retry_after=None).retry_after is None
    assert RateLimitedError().retry_after is None
    assert RateLimitedError(retry_after=30).retry_after == 30


def test_a_system_adds_its_own_by_subclassing() -> None:
    class EmailTakenError(errors.ConflictError):
        code = "email_taken"
        detail = "An account has this address already."

    assert str(EmailTakenError()) == "An account has this address already."
    assert EmailTakenError.code == "email_taken"
