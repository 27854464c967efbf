from pathlib import Path

import pytest

from padstone.cli.dev.discover import discover
from padstone.errors import NotFoundError, ValidationError

PROJECT = '[project]\nname = "{name}"\nversion = "0.3.0"\n'


def make(folder: Path, project: str | None = None) -> Path:
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "main.py").touch()
    (folder / "pyproject.toml").write_text(project or PROJECT.format(name=folder.name))
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make(tmp_path / "systems" / "shop")
    make(tmp_path / "systems" / "accounts", PROJECT.format(name="accounts") + PORT)
    (tmp_path / "systems" / "notes").mkdir()
    return tmp_path


PORT = "[tool.padstone]\nport = 9100\n"


def test_all_systems_of_the_checkout(root: Path) -> None:
    found = discover(root)
    assert [(system.name, system.version, system.port) for system in found] == [
        ("accounts", "0.3.0", 9100),
        ("shop", "0.3.0", 8001),
    ]


def test_a_folder_between_finds_the_checkout_above(root: Path) -> None:
    below = root / "docs" / "reference"
    below.mkdir(parents=True)
    assert discover(below) == discover(root)


def test_a_systems_own_folder_is_that_system(root: Path) -> None:
    folder = root / "systems" / "shop"
    assert [system.folder for system in discover(folder)] == [folder]


def test_a_system_alone_in_its_repository(tmp_path: Path) -> None:
    (system,) = discover(make(tmp_path / "alone"))
    assert (system.name, system.port) == ("alone", 8000)


def test_only_one(root: Path) -> None:
    assert [system.name for system in discover(root, "shop")] == ["shop"]


@pytest.mark.parametrize(("where", "known"), [(".", "accounts, shop"), ("systems/shop", "shop")])
def test_an_unknown_one_is_refused_with_the_list(root: Path, where: str, known: str) -> None:
    with pytest.raises(NotFoundError, match=f"no system 'unknown' here. There are: {known}."):
        discover(root / where, "unknown")


def test_no_system_at_all(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="There is no system in"):
        discover(tmp_path)


@pytest.mark.parametrize(
    ("project", "sentence"),
    [
        ("[project", "cannot be read"),
        ('[project]\nname = "x"\n', "lacks 'version'"),
        ("", "lacks 'project'"),
        ("project = 1", "cannot be read"),
        (PROJECT.format(name="x") + '[tool.padstone]\nport = "many"\n', "cannot be read"),
    ],
)
def test_a_project_file_that_does_not_say(tmp_path: Path, project: str, sentence: str) -> None:
    folder = make(tmp_path / "odd", PROJECT.format(name="odd"))
    (folder / "pyproject.toml").write_text(project)
    with pytest.raises(ValidationError, match=sentence):
        discover(folder)
