"""What is given away: wheel and sdist. That a project is made of them is tested in cli/new."""

import zipfile
from pathlib import Path

from created import ROOT, Desk
from padstone.cli.new.templates import TEMPLATES


def contents(wheel: Path) -> dict[str, int]:
    """The checksum of each file in ``wheel``."""
    with zipfile.ZipFile(wheel) as opened:
        return {entry.filename: entry.CRC for entry in opened.infolist()}


def test_the_wheel_is_whole_and_the_sdist_gives_the_same(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    built = contents(desk.wheel)
    library = {f"padstone/{path.relative_to(ROOT / 'src/padstone')}" for path in library_files()}
    assert {name for name in built if is_library(name)} == library
    for template in TEMPLATES.values():
        base = f"padstone/templates/{template.name}/"
        packed = {name.removeprefix(base) for name in built if name.startswith(base)}
        assert packed >= set(template.files())
    made = (".env", ".padstone", "__pycache__", "node_modules", ".venv")
    assert [name for name in built if set(name.split("/")) & set(made)] == []
    assert [name for name in built if "_cache/" in name or name.endswith(".pyc")] == []

    again = tmp_path / "again"
    done = desk.run(desk.uv, "build", "--quiet", "-o", again, ROOT)
    assert done.returncode == 0, done.stderr
    [wheel] = again.glob("*.whl")
    assert contents(wheel) == built
    assert len(list(again.glob("*.tar.gz"))) == 1


def library_files() -> list[Path]:
    folder = ROOT / "src" / "padstone"
    return [
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]


def is_library(name: str) -> bool:
    return name.startswith("padstone/") and not name.startswith("padstone/templates/")


def test_a_checkout_can_be_installed_as_it_stands(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run(desk.uv, "venv", "--quiet", tmp_path / "v")
    done = desk.run(
        *(desk.uv, "pip", "install", "--quiet", "--no-deps", "--python", tmp_path / "v", "-e", ROOT)
    )
    assert done.returncode == 0, done.stderr
    done = desk.run(tmp_path / "v" / "bin" / "python", "-c", "import padstone; print(padstone)")
    assert f"{ROOT}/src/padstone/__init__.py" in done.stdout
