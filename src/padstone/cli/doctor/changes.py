"""What a new version of this package asks of the projects that were made with an older one."""

from dataclasses import dataclass

__all__ = ["CHANGES", "Change", "minor"]


@dataclass(frozen=True, slots=True)
class Change:
    """One edit that ``version``, such as ``"0.2"``, asks for: what has changed, and what to do.

    ``names`` are the public names, settings or commands that are gone with it.
    """

    version: str
    what: str
    mend: str
    names: tuple[str, ...] = ()


CHANGES: tuple[Change, ...] = ()
"""The latest last. A test finds each in the section "Upgrading" of CHANGELOG.md, word for word."""


def minor(version: str) -> tuple[int, int]:
    """The first two numbers of a version. Raises ``ValueError`` where it has none."""
    major, number, *_ = [*version.split("."), ""]
    return int(major), int(number)
