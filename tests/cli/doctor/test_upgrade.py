"""What the doctor says to a project that was made with another version."""

from pathlib import Path

import pytest

import padstone
from padstone.cli.doctor.changes import Change, minor
from padstone.cli.doctor.finding import Finding
from padstone.cli.doctor.upgrade import upgrade

HOUSE = Path(padstone.__file__).parents[2]
CHANGES = (
    Change("0.2", "A setting has another name.", "Write NEW for OLD."),
    Change("0.3", "A table has one more column.", "Run: padstone db revision -m 'more'"),
    Change("0.4", "Something is gone.", "Delete it."),
)


def said(folder: Path, text: str, installed: str) -> list[Finding]:
    (folder / "pyproject.toml").write_text(text)
    return upgrade(folder, installed=installed, changes=CHANGES)


def project(version: str) -> str:
    return f'[tool.padstone]\nversion = "{version}"\n'


def test_a_project_that_agrees_has_one_quiet_line(tmp_path: Path) -> None:
    [found] = said(tmp_path, project("0.3"), "0.3.7")
    assert (found.subject, found.verdict) == ("upgrade", "ok")
    assert found.what == "The project agrees with padstone 0.3.7."


def test_every_change_since_is_told_and_no_other(tmp_path: Path) -> None:
    *asked, last = said(tmp_path, project("0.1"), "0.3.0")
    assert [(one.subject, one.verdict, one.what, one.mend) for one in asked] == [
        ("upgrade to 0.2", "warning", "A setting has another name.", "Write NEW for OLD."),
        (
            "upgrade to 0.3",
            "warning",
            "A table has one more column.",
            "Run: padstone db revision -m 'more'",
        ),
    ]
    assert (last.verdict, last.mend) == (
        "note",
        'That done: Write version = "0.3" under [tool.padstone] in pyproject.toml.',
    )
    assert [one.subject for one in said(tmp_path, project("0.2.5"), "0.3.0")] == [
        "upgrade to 0.3",
        "upgrade",
    ]


def test_a_version_without_edits_asks_for_the_number_alone(tmp_path: Path) -> None:
    [found] = said(tmp_path, project("0.4"), "0.5.0")
    assert found.verdict == "note"
    assert found.mend.startswith('Nothing has to be edited: Write version = "0.5"')


def test_a_project_that_is_ahead_is_an_error(tmp_path: Path) -> None:
    [found] = said(tmp_path, project("0.3"), "0.2.1")
    assert (found.verdict, found.what) == (
        "error",
        "The project is for padstone 0.3, and 0.2.1 is installed.",
    )


@pytest.mark.parametrize("text", ["", "[tool.padstone]\nport = 1\n", "no TOML ["])
def test_a_project_that_does_not_say_is_asked_to(tmp_path: Path, text: str) -> None:
    [found] = said(tmp_path, text, "0.2.1")
    assert found.verdict == "note"
    assert 'version = "0.2"' in found.mend


def test_no_file_and_no_version_are_told_apart(tmp_path: Path) -> None:
    assert upgrade(tmp_path, installed="0.2.0")[0].verdict == "note"
    assert said(tmp_path, project("latest"), "0.2.0")[0].verdict == "error"


@pytest.mark.parametrize("path", ["systems/*", "templates/*", "."])
def test_our_own_projects_agree_with_this_version(path: str) -> None:
    for file in HOUSE.glob(f"{path}/pyproject.toml"):
        if "[tool.padstone]" in file.read_text():
            assert [one.verdict for one in upgrade(file.parent)] == ["ok"], file


def test_versions_are_compared_by_their_numbers() -> None:
    assert minor("0.10.1") > minor("0.9")
    assert minor("1.0") > minor("0.10")
