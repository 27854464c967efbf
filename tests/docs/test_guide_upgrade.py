"""What the page on upgrading shows is what is printed, and the commands it names are there."""

import re
import tomllib
from pathlib import Path

import pytest

from padstone.cli.doctor.upgrade import upgrade
from padstone.deprecation import PadstoneDeprecationWarning, warn_deprecated
from surface import surface

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "upgrade.md").read_text()


def test_the_warning_is_as_printed() -> None:
    with pytest.warns(PadstoneDeprecationWarning) as told:
        warn_deprecated("padstone.pages.paginate", since="0.4", removed_in="0.5", instead="Keyset")
    said = f"{told[0].category.__name__}: {told[0].message}"
    assert said in " ".join(GUIDE.split())


def test_the_doctor_reads_the_table_and_says_the_quiet_line(tmp_path: Path) -> None:
    [table] = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    version = tomllib.loads(table)["tool"]["padstone"]["version"]
    (tmp_path / "pyproject.toml").write_text(table)
    [found] = upgrade(tmp_path, installed=f"{version}.3")
    assert found.verdict == "ok"
    (tmp_path / "pyproject.toml").write_text(table.replace(version, "0.2"))
    [after] = upgrade(tmp_path, installed="0.2.0")
    assert f"✓  upgrade  {after.what}" in GUIDE


def test_the_commands_are_there() -> None:
    commands = re.findall(r"\$ padstone ([a-z]+(?: [a-z]+)?)", GUIDE)
    assert commands
    assert set(commands) <= set(surface()["commands"])
