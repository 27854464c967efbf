"""Each error has the status of its nearest ancestor."""

import pytest

from padstone import errors
from padstone.problems import STATUS, status_of
from padstone.problems.status import code_of_status


class _QuotaError(errors.ConflictError):
    code = "quota"


class _SmallQuotaError(_QuotaError):
    code = "small_quota"


def test_a_systems_error_has_that_of_its_branch() -> None:
    assert status_of(_QuotaError) == status_of(_SmallQuotaError) == 409


@pytest.mark.parametrize("name", sorted(set(errors.__all__) - {"FieldError"}))
def test_every_branch_has_one(name: str) -> None:
    assert getattr(errors, name) in STATUS


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "not_found"),
        (405, "method_not_allowed"),
        (418, "bad_request"),
        (502, "internal_error"),
    ],
)
def test_a_bare_status_has_a_code(status: int, code: str) -> None:
    assert code_of_status(status) == code
