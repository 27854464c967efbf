import sys
from pathlib import Path

import pytest

from padstone.cli.failures import UsageError
from padstone.cli.system import load

from .conftest import Tiny


def test_a_folder_without_an_application_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = list(sys.path)
    with pytest.raises(UsageError, match=r"it has no app/main\.py"):
        load()
    assert sys.path == before


def test_finding_a_system_imports_nothing(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tiny()
    monkeypatch.chdir(program.folder)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "app", raising=False)
    assert load().folder == program.folder
    assert sys.path[0] == str(program.folder)
    assert "app" not in sys.modules


def test_an_app_of_another_make_is_refused(tiny: Tiny) -> None:
    ran = tiny(files={"app/main.py": "app = object()\n"}).inside("openapi")
    assert ran.status == 2
    assert "is not made by padstone.create_app" in ran.err
