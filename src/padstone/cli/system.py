"""The system in the current folder: what most commands are about."""

import sys
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from padstone.cli.failures import UsageError

if TYPE_CHECKING:
    from padstone.app import Application
    from padstone.settings import Settings

__all__ = ["System", "load"]


@dataclass(frozen=True)
class System:
    """A system, whose parts are imported when they are first asked for.

    Asking for any of them raises ``SettingsError`` where the settings cannot be used.
    """

    folder: Path

    @property
    def name(self) -> str:
        """The system's name, as its database has it."""
        return self.settings.SYSTEM

    @cached_property
    def settings(self) -> "Settings":
        """``app.core.config.settings``."""
        settings: Settings = import_module("app.core.config").settings
        return settings

    @cached_property
    def app(self) -> "Application":
        """``app.main.app``, which is made by ``create_app``."""
        from padstone.app import Application

        app = import_module("app.main").app
        if not isinstance(app, Application):
            raise UsageError(
                f"app in {self.folder / 'app' / 'main.py'} is not made by padstone.create_app."
            )
        return app


def load() -> System:
    """The system of the current folder, which is put first on the import path.

    Raises ``UsageError`` where there is none.
    """
    folder = Path.cwd()
    if not (folder / "app" / "main.py").is_file():
        raise UsageError(
            f"{folder} is not a system's folder: it has no app/main.py. "
            "Change to one, such as systems/accounts, and repeat the command."
        )
    sys.path.insert(0, str(folder))
    return System(folder)
