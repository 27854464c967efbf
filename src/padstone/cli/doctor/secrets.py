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
    """Opens the secrets in the database. A system that encrypts nothing has no finding."""
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
    return [_finding(inspected, keyring)]


def _finding(inspected: Inspected, keyring: KeyRing) -> Finding:
    unopened = inspected.unopened
    unknown = {name: n for name, n in inspected.held.items() if name not in keyring.ids}
    if not unopened.count and not unknown:
        return _all_opened(inspected, keyring)
    # More than were opened are counted by their keys, and there may be some of both kinds.
    count = max(unopened.count, sum(unknown.values()))
    keys = ", ".join(f"{name or 'no key'} ({n})" for name, n in sorted(unknown.items()))
    return Finding(
        SUBJECT,
        "error",
        f"{count} of {inspected.total} cannot be opened"
        + (f"; not among the keys: {keys}. " if keys else ". ")
        + "\n".join(unopened_rows(unopened)),
        "Add the key that sealed them to ENCRYPTION_KEYS, or have them entered again.",
    )


def _all_opened(inspected: Inspected, keyring: KeyRing) -> Finding:
    what = f"All {inspected.total} can be opened"
    if inspected.opened < inspected.total:
        what = f"{inspected.opened} of {inspected.total} were opened, and all have a known key"
    others = sorted(set(inspected.held) - {keyring.first})
    if not others:
        return Finding(SUBJECT, "ok", f"{what}.")
    older = sum(inspected.held[name] for name in others)
    return Finding(
        SUBJECT,
        "note",
        f"{what}; {older} by {', '.join(others)}.",
        "padstone keys rotate-encryption seals them with the first key.",
    )


async def _inspect(settings: DatabaseSettings, metadata: MetaData, keyring: KeyRing) -> Inspected:
    database = Database(settings.model_copy(update={"DATABASE_POOL_MIN_SIZE": 0}))
    try:
        return await inspect_secrets(database, metadata, keyring)
    finally:
        await database.close()
