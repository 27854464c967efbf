"""Secret files: a folder in which each file is named like a variable and holds its value."""

import os
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo
from pydantic_settings import SecretsSettingsSource

__all__ = ["UNREADABLE", "SecretFiles", "secret_folder"]

UNREADABLE: Final = object()
"""Stands for the content of a file that cannot be read; validation names the variable."""


def secret_folder() -> Path | None:
    """Where secret files are: SECRETS_DIR, else ``/run/secrets``; ``None`` without a folder.

    A test sees those of SECRETS_DIR only, since the others are the machine's.
    """
    named = os.environ.get("SECRETS_DIR")
    if not named and os.environ.get("ENVIRONMENT") == "test":
        return None
    folder = Path(named or "/run/secrets")
    return folder if folder.is_dir() and os.access(folder, os.R_OK | os.X_OK) else None


class SecretFiles(SecretsSettingsSource):
    """Reads the folder. A file that cannot be read is a problem like others, named with them."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        try:
            return super().get_field_value(field, field_name)
        except (OSError, UnicodeDecodeError):
            return UNREADABLE, field_name, False
