"""What differs between two versions of a prompt."""

import difflib
from collections.abc import Iterator
from typing import Any

from app.models import PromptVersion
from app.schemas.prompt import CriterionChange, PromptComparison

__all__ = ["compare_versions"]


def compare_versions(before: PromptVersion, after: PromptVersion) -> PromptComparison:
    """From the one to the other, line by line."""
    lines = difflib.unified_diff(
        list(_lines(before)),
        list(_lines(after)),
        f"version {before.version}",
        f"version {after.version}",
        lineterm="",
    )
    return PromptComparison(
        from_version=before.version,
        to_version=after.version,
        criteria=list(_changes(before.criteria, after.criteria)),
        diff="\n".join(lines),
    )


def _lines(version: PromptVersion) -> Iterator[str]:
    """The version as a person would write it down."""
    yield from version.content.splitlines()
    for criterion in version.criteria:
        yield ""
        yield f"## {criterion['title']} ({criterion['key']})"
        yield from criterion["question"].splitlines()


def _changes(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> Iterator[CriterionChange]:
    old = {criterion["key"]: criterion for criterion in before}
    new = {criterion["key"]: criterion for criterion in after}
    for key in old:
        if key not in new:
            yield CriterionChange(key=key, kind="removed")
    # Places count among those that are in both, or whatever follows a new one would have moved.
    stayed = [key for key in old if key in new]
    places = [key for key in new if key in old]
    for key, criterion in new.items():
        if key not in old:
            yield CriterionChange(key=key, kind="added")
        elif criterion != old[key]:
            yield CriterionChange(key=key, kind="changed")
        elif stayed.index(key) != places.index(key):
            yield CriterionChange(key=key, kind="moved")
