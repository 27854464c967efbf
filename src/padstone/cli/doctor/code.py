"""The system's own code: whether its settings can be used and its application be imported."""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from padstone.cli.doctor.dotenv import dotenv
from padstone.cli.doctor.finding import Finding
from padstone.cli.system import System
from padstone.errors import PadstoneError
from padstone.settings import SettingProblem, Settings, SettingsError
from padstone.settings.base import names_of

__all__ = ["Configuration", "application", "configuration"]


class Configuration(NamedTuple):
    """A system's settings, ``None`` where they cannot be used, and what was found of them."""

    settings: Settings | None
    findings: list[Finding]


def configuration(system: System) -> Configuration:
    """Whether the settings can be used, and what is mistyped in ``.env``."""
    try:
        settings = system.settings
    except SettingsError as error:
        wrong = [_wrong(problem) for problem in error.problems]
        return Configuration(None, [*wrong, *_dotenv(system, _settings_class())])
    except Exception as error:  # noqa: BLE001  # any error of the system's own code
        file = system.folder / "app" / "core" / "config.py"
        return Configuration(None, [_broken("settings", file, error)])
    usable = Finding("settings", "ok", f"ENVIRONMENT={settings.ENVIRONMENT}")
    return Configuration(settings, [usable, *_dotenv(system, type(settings))])


def application(system: System) -> Finding:
    """Whether ``app.main`` can be imported."""
    try:
        app = system.app
    except PadstoneError as error:
        return Finding("application", "error", error.detail)
    except Exception as error:  # noqa: BLE001  # any error of the system's own code
        return _broken("application", system.folder / "app" / "main.py", error)
    return Finding("application", "ok", f"{app.title} {app.version}")


def _wrong(problem: SettingProblem) -> Finding:
    # A problem names its cause and, after a semicolon, its mend.
    cause, _, mend = problem.message.partition("; ")
    return Finding(
        f"setting {problem.name}",
        "error",
        cause if cause.endswith(".") else f"{cause}.",
        f"{mend[:1].upper()}{mend[1:]}",
    )


def _dotenv(system: System, kind: type[Settings] | None) -> list[Finding]:
    if kind is None:
        return []
    return dotenv(system.folder, set().union(*(names_of(kind, name) for name in kind.model_fields)))


def _settings_class() -> type[Settings] | None:
    """The class of settings that cannot be used: it is made where no variable can be wrong."""
    given = dict(os.environ)
    os.environ.clear()
    os.environ["ENVIRONMENT"] = "test"
    try:
        return type(import_module("app.core.config").settings)
    except SettingsError:  # a setting has no default
        return None
    finally:
        os.environ.clear()
        os.environ.update(given)
        sys.modules.pop("app.core.config", None)


def _broken(subject: str, file: Path, error: Exception) -> Finding:
    return Finding(
        subject,
        "error",
        f"{file} cannot be imported: {type(error).__name__}: {error}",
        "Mend the code; PADSTONE_TRACEBACK=1 padstone openapi shows where it is.",
    )
