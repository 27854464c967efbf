"""The changes that ask for an edit, as the doctor and CHANGELOG.md tell them."""

import re
from pathlib import Path

import pytest

import padstone
from padstone.cli.doctor.changes import CHANGES, Change, minor

CHANGELOG = (Path(padstone.__file__).parents[2] / "CHANGELOG.md").read_text()


def upgrading(changelog: str, version: str) -> dict[str, list[str]]:
    """The entries of the sections "Upgrading", by minor version; what comes next is ``version``."""
    found = {}
    for section in re.split(r"(?m)^## ", changelog)[1:]:
        name = section[section.index("[") + 1 : section.index("]")]
        one = ".".join(map(str, minor(version if name == "Unreleased" else name)))
        _, _, rest = section.partition("### Upgrading\n")
        entries = re.split(r"(?m)^- ", rest.partition("\n### ")[0])[1:]
        found[one] = found.get(one, []) + [" ".join(entry.split()) for entry in entries]
    return found


def told(changes: tuple[Change, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in changes:
        found.setdefault(one.version, []).append(f"{one.what} {one.mend}")
    return found


def test_doctor_and_changelog_say_the_same() -> None:
    written = {name: one for name, one in upgrading(CHANGELOG, padstone.__version__).items() if one}
    assert told(CHANGES) == written


def test_changes_are_in_order_and_none_is_of_a_version_to_come() -> None:
    versions = [minor(one.version) for one in CHANGES]
    assert versions == sorted(versions)
    assert all(version <= minor(padstone.__version__) for version in versions)


SAMPLE = """
## [Unreleased]

### Added

- Something.

### Upgrading

- A name has changed.
  Write the new one.
- Another has. Write `that`.

### Fixed

- Nothing.

## [0.2.0] - 2027-01-01

### Upgrading

- A column is new. Run it.
"""


def test_the_test_above_reads_what_is_written() -> None:
    assert upgrading(SAMPLE, "0.3.0") == {
        "0.3": ["A name has changed. Write the new one.", "Another has. Write `that`."],
        "0.2": ["A column is new. Run it."],
    }
    assert told((Change("0.2", "A column is new.", "Run it."),)) == {
        "0.2": ["A column is new. Run it."]
    }


@pytest.mark.parametrize("version", ["new", "1", ""])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        minor(version)
