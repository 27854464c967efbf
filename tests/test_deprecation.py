"""What will go warns in time, and goes in time."""

import ast
import asyncio
import inspect
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import padstone
from padstone.deprecation import PadstoneDeprecationWarning, deprecated, warn_deprecated

SOURCE = Path(padstone.__file__).parent
CHANGES = (SOURCE.parents[1] / "CHANGELOG.md").read_text()
WORDS = {"since", "removed_in", "instead"}


def minor(version: str) -> tuple[int, int]:
    major, number = version.split(".")[:2]
    return int(major), int(number)


def deprecations(text: str) -> Iterator[dict[str, str]]:
    """What ``text``, a module, says will go."""
    for node in ast.walk(ast.parse(text)):
        name = getattr(getattr(node, "func", None), "id", None)
        if isinstance(node, ast.Call) and name in {"deprecated", "warn_deprecated"}:
            given = {one.arg: one.value for one in node.keywords if one.arg in WORDS}
            assert given.keys() == WORDS
            said = {"what": node.args[0], **given}
            yield {str(word): ast.literal_eval(value) for word, value in said.items()}


def faults(text: str, version: str, changes: str) -> list[str]:
    """What is wrong with the deprecations of ``text`` in the library's ``version``."""
    found = []
    for one in deprecations(text):
        if minor(one["removed_in"]) <= minor(version):
            found.append(f"{one['what']} should be gone in {one['removed_in']}")
        if minor(one["removed_in"]) <= minor(one["since"]):
            found.append(f"{one['what']} warns in no version before it goes")
        if minor(one["since"]) > minor(version):
            found.append(f"{one['what']} warns before {one['since']}")
        if one["what"] not in changes:
            found.append(f"{one['what']} is not in CHANGELOG.md")
    return found


def test_nothing_outstays_its_time_and_each_is_in_the_changelog() -> None:
    files = [file for file in SOURCE.rglob("*.py") if file.name != "deprecation.py"]
    found = {
        file.name: wrong
        for file in files
        if (wrong := faults(file.read_text(), padstone.__version__, CHANGES))
    }
    assert found == {}


OLD = 'warn_deprecated("old()", since="{}", removed_in="{}", instead="new()")'


@pytest.mark.parametrize(
    ("since", "removed_in", "fault"),
    [
        ("0.4", "0.5", None),
        ("0.3", "0.4", "should be gone in 0.4"),
        ("0.4", "0.4", "should be gone in 0.4"),
        ("0.5", "0.5", "warns in no version"),
        ("0.5", "0.6", "warns before 0.5"),
    ],
)
def test_the_test_above_would_see_it(since: str, removed_in: str, fault: str | None) -> None:
    found = faults(OLD.format(since, removed_in), "0.4.2", "- `old()` is deprecated.")
    assert (fault is None and not found) or any(fault in one for one in found if fault)
    assert any("CHANGELOG" in one for one in faults(OLD.format(since, removed_in), "0.4.2", ""))


@deprecated("old", since="0.4", removed_in="0.5", instead="new")
def old() -> str:
    return "done"


@deprecated("old_later", since="0.4", removed_in="0.5", instead="later")
async def old_later() -> str:
    return "later"


@deprecated("Old", since="0.4", removed_in="0.5", instead="New")
class Old:
    """A class that goes."""


def test_a_call_warns_in_the_caller_s_line_and_works() -> None:
    with pytest.warns(PadstoneDeprecationWarning) as told:
        made = old(), Old()
    assert [str(one.message) for one in told] == [
        "old is deprecated since 0.4 and gone in 0.5. Write instead: new",
        "Old is deprecated since 0.4 and gone in 0.5. Write instead: New",
    ]
    assert {one.filename for one in told} == {__file__}
    assert made[0] == "done"


def test_what_is_awaited_is_still_a_coroutine_function() -> None:
    # Or FastAPI would run a dependency in a thread.
    assert inspect.iscoroutinefunction(old_later) or asyncio.iscoroutinefunction(old_later)
    with pytest.warns(PadstoneDeprecationWarning, match="old_later"):
        assert asyncio.run(old_later()) == "later"


def library(value: object = None) -> None:
    if value is not None:
        warn_deprecated("library(value)", since="0.4", removed_in="0.5", instead="nothing")


def test_a_warning_names_the_line_that_has_to_change() -> None:
    with pytest.warns(PadstoneDeprecationWarning, match=r"library\(value\)") as told:
        library(1)
    assert told[0].filename == __file__
    assert (
        told[0].lineno
        == inspect.getsourcelines(test_a_warning_names_the_line_that_has_to_change)[1] + 2
    )


def test_python_shows_it_without_being_asked() -> None:
    with warnings.catch_warnings(record=True) as shown:
        warnings.resetwarnings()
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        library(1)
    assert [one.category for one in shown] == [PadstoneDeprecationWarning]
