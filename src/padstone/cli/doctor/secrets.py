"""Stored secrets: whether the keys of the settings open all of them."""

import asyncio

from sqlalchemy import MetaData
from sqlalchemy.exc import SQLAlchemyError

from padstone.cli.doctor.finding import Finding
from padstone.cli.encryption import unopened_rows
from padstone.crypto import Inspected, KeyRing, inspect_secrets
from padstone.db import Database
from padstone.migrations.metadata import load_metadata
from padstone.settings import DatabaseSettings, EncryptionSettings

__all__ = ["stored_secrets"]

SUBJECT = "stored secrets"


def stored_secrets(settings: DatabaseSettings) -> list[Finding]:
    """Opens every secret in the database once. A system that encrypts nothing has no finding."""
    if not isinstance(settings, EncryptionSettings):
        return []
    try:
        metadata = load_metadata("app.models")
    except Exception:  # noqa: BLE001  # any error of the system's own code, named by another finding
        return [Finding(SUBJECT, "skipped", "The models cannot be imported.")]
    keyring = KeyRing.of(settings)
    try:
        inspected = asyncio.run(_inspect(settings, metadata, keyring))
    except SQLAlchemyError:  # a table or a column is not there yet
        return [Finding(SUBJECT, "skipped", "The database is not at head.")]
    unopened = inspected.unopened
    if unopened.count:
        return [
            Finding(
                SUBJECT,
                "error",
                f"{unopened.count} of {inspected.opened + unopened.count} cannot be opened. "
                + "\n".join(unopened_rows(unopened)),
                "Add the key that sealed them to ENCRYPTION_KEYS, or have them entered again.",
            )
        ]
    return [_all_opened(inspected, keyring)]


def _all_opened(inspected: Inspected, keyring: KeyRing) -> Finding:
    others = sorted(set(inspected.held) - {keyring.first})
    if others:
        older = sum(inspected.held[name] for name in others)
        return Finding(
            SUBJECT,
            "note",
            f"All {inspected.opened} can be opened; {older} by {', '.join(others)}.",
            "padstone keys rotate-encryption seals them with the first key.",
        )
    return Finding(SUBJECT, "ok", f"All {inspected.opened} can be opened.")


async def _inspect(settings: DatabaseSettings, metadata: MetaData, keyring: KeyRing) -> Inspected:
    database = Database(settings.model_copy(update={"DATABASE_POOL_MIN_SIZE": 0}))
    try:
        return await inspect_secrets(database, metadata, keyring)
    finally:
        await database.close()
