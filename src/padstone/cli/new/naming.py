"""What a project may be called."""

import re
from importlib.metadata import requires

from padstone.cli.failures import UsageError

__all__ = ["check_name", "identifier", "title"]

LONGEST = 40
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")


def check_name(name: str, tools: frozenset[str]) -> None:
    """Raises ``UsageError``, with a name that would do, where ``name`` cannot be a project's.

    ``tools`` are the packages that every project has for its checks.
    """
    if len(name) > LONGEST or not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a project: it has lower-case letters, digits and "
            f"hyphens, begins with a letter and is at most {LONGEST} characters long. "
            f"Try: padstone new {_near(name)}"
        )
    if name in _needed() | tools:
        # To uv the project would be that package itself.
        raise UsageError(
            f"{name!r} is the name of a package that the project needs. Try: padstone new my-{name}"
        )


def identifier(name: str) -> str:
    """The name in places that know no hyphen, such as cookies and databases."""
    return name.replace("-", "_")


def title(name: str) -> str:
    """The name for people, as the documentation's title has it."""
    return name.replace("-", " ").capitalize()


def _near(name: str) -> str:
    words = re.findall(r"[a-z0-9]+", name.lower())
    near = "-".join(words).lstrip("0123456789-")[:LONGEST].rstrip("-")
    return near or "blog"


def _needed() -> frozenset[str]:
    found = {match[0] for line in requires("padstone") or () if (match := _REQUIREMENT.match(line))}
    return frozenset({"padstone", *(one.lower().replace("_", "-") for one in found)})
