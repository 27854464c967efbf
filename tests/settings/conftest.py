"""An environment of the test's own: no variable, no .env and no secret file but those it writes."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from padstone.settings import DatabaseSettings, SettingsError, StorageSettings


class Shop(DatabaseSettings, StorageSettings):
    SYSTEM = "shop"


class World:
    """What settings are read from."""

    url = "postgresql+asyncpg://someone:canary@db.example:5432/shop"

    # What a deployed system must be told; each secret holds the word canary.
    safe: Mapping[str, str] = {  # nobody writes to it
        "SECRET_KEY": "canary-key-" + "k" * 32,
        "DATABASE_URL": url,
        "STORAGE_ENDPOINT_URL": "https://s3.example",
        "STORAGE_ACCESS_KEY": "canary-access",
        "STORAGE_SECRET_KEY": "canary-secret",
        "STORAGE_BUCKET": "files",
    }

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._patch = monkeypatch

    def env(self, **values: str) -> None:
        for name, value in values.items():
            self._patch.setenv(name, value)

    def dotenv(self, text: str) -> None:
        (self.folder / ".env").write_text(text)

    def secret_file(self, name: str, content: str | bytes) -> Path:
        folder = self.folder / "secrets"
        folder.mkdir(exist_ok=True)
        self.env(SECRETS_DIR=str(folder))
        content = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(content)
        return folder / name

    def problems(self, cls: Any, **arguments: Any) -> dict[str, str]:
        """The problems of these settings by variable; it is an error when there are none."""
        with pytest.raises(SettingsError) as caught:
            cls(**arguments)
        return dict(caught.value.problems)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    for name in list(os.environ):
        if name in Shop.model_fields or name in {"DATABASE_ASYNC_URL", "SECRETS_DIR"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return World(tmp_path, monkeypatch)
