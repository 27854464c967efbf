"""One error says everything, to a person, to a caller and to the shell."""

import pytest

from padstone.settings import SettingProblem, SettingsError


def test_it_is_an_error_of_value_and_an_exit() -> None:
    error = SettingsError("production", [SettingProblem("PORT", "is not a whole number.")])
    assert isinstance(error, ValueError)
    assert isinstance(error, SystemExit)
    assert error.code == str(error)
    with pytest.raises(ValueError, match="PORT"):
        raise error


def test_one_problem() -> None:
    error = SettingsError("test", [SettingProblem("PORT", "is not a whole number.")])
    assert str(error) == (
        "The settings cannot be used (ENVIRONMENT=test):\n\n  PORT  is not a whole number."
    )


def test_several_problems_stand_in_columns() -> None:
    problems = [SettingProblem("PORT", "is odd."), SettingProblem("SECRET_KEY", "is short.")]
    error = SettingsError("test", problems)
    assert error.problems == tuple(problems)
    assert str(error).splitlines() == [
        "The settings cannot be used (ENVIRONMENT=test), for 2 reasons:",
        "",
        "  PORT        is odd.",
        "  SECRET_KEY  is short.",
    ]
