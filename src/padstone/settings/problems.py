"""What is wrong with the settings, all of it at once, in words and without values."""

from collections.abc import Iterable
from typing import NamedTuple

from pydantic import ValidationError

__all__ = ["SettingProblem", "SettingsError", "from_validation"]


class SettingProblem(NamedTuple):
    """``name`` is the variable to set; ``message`` says what is wrong and what would be right."""

    name: str
    message: str


class SettingsError(ValueError, SystemExit):
    """The settings cannot be used.

    It is a ``ValueError`` for whoever constructs settings, and a ``SystemExit`` so that a server
    that imports the application prints this text and ends with status 1. A traceback in its place
    would show the values, and secrets are among them.
    """

    def __init__(self, environment: str, problems: Iterable[SettingProblem]) -> None:
        self.problems = tuple(problems)
        width = max((len(problem.name) for problem in self.problems), default=0)
        count = len(self.problems)
        lines = [
            f"The settings cannot be used (ENVIRONMENT={environment}), for {count} reasons:"
            if count > 1
            else f"The settings cannot be used (ENVIRONMENT={environment}):",
            "",
            *(f"  {problem.name:<{width}}  {problem.message}" for problem in self.problems),
        ]
        self.code = "\n".join(lines)
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.code)


_EXPECTED = {
    "missing": "is not set.",
    "bool_parsing": "is not a boolean; use true or false.",
    "bool_type": "is not a boolean; use true or false.",
    "int_parsing": "is not a whole number.",
    "int_type": "is not a whole number.",
    "float_parsing": "is not a number.",
    "float_type": "is not a number.",
}


def from_validation(error: ValidationError) -> list[SettingProblem]:
    """Pydantic's findings without the input, which may be a secret."""
    problems = []
    for found in error.errors(include_url=False, include_input=False):
        name = str(found["loc"][0]) if found["loc"] else "settings"
        message = _EXPECTED.get(found["type"])
        if message is None:
            text = found["msg"].removeprefix("Value error, ")
            message = f"{text[0].lower()}{text[1:]}" if text.startswith("Input ") else text
            message = message.replace("input should be", "must be")
            message = message if message.endswith(".") else f"{message}."
        problems.append(SettingProblem(name, message))
    return problems
