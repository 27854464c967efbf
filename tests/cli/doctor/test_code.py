"""As ``padstone doctor --json`` prints it."""

import json
from typing import Any

from ..conftest import Ran, Tiny  # noqa: TID252  # the folder above is no package


def _findings(ran: Ran) -> dict[str, dict[str, Any]]:
    found = {finding["subject"]: finding for finding in json.loads(ran.out)}
    wrong = any(finding["verdict"] == "error" for finding in found.values())
    assert ran.status == int(wrong), ran.err
    return found


def test_settings_that_cannot_be_used_are_told_with_the_typo_behind_them(tiny: Tiny) -> None:
    program = tiny("DatabaseSettings")
    (program.folder / ".env").write_text("DATABSE_URL=postgresql://u:canary@h/n\n")
    ran = program.inside("doctor", "--json", env={"ENVIRONMENT": "production", "PORT": "canary"})
    found = _findings(ran)
    assert "is not set" in found["setting DATABASE_URL"]["what"]
    assert found["setting PORT"]["verdict"] == "error"
    assert found[".env"]["mend"] == "Did you mean DATABASE_URL?"
    assert "canary" not in ran.out


def test_code_that_cannot_be_imported(tiny: Tiny) -> None:
    program = tiny(files={"app/main.py": "import nothing_of_this_name\n"})
    found = _findings(program.inside("doctor", "--json", env={"PORT": 0}))
    assert "No module named 'nothing_of_this_name'" in found["application"]["what"]
    program = tiny(files={"app/main.py": "app = 1\n"})
    found = _findings(program.inside("doctor", "--json", env={"PORT": 0}))
    assert "is not made by padstone.create_app" in found["application"]["what"]


def test_a_configuration_that_cannot_be_imported(tiny: Tiny) -> None:
    program = tiny(files={"app/core/config.py": "settings = 1 / 0\n"})
    found = _findings(program.inside("doctor", "--json"))
    assert "ZeroDivisionError" in found["settings"]["what"]
    assert found["services"]["verdict"] == "skipped"


def test_settings_without_a_default_and_without_a_value(tiny: Tiny) -> None:
    config = (
        "from padstone.settings import Settings as Base\n"
        "class Settings(Base):\n"
        "    NEEDED: str\n"
        "settings = Settings()\n"
    )
    found = _findings(tiny(files={"app/core/config.py": config}).inside("doctor", "--json"))
    assert found["setting NEEDED"]["verdict"] == "error"
    assert ".env" not in found
