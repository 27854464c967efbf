"""``padstone keys generate-encryption`` and ``rotate-encryption``: the keys of stored secrets."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from padstone.cli.database import on_database
from padstone.cli.failures import UsageError
from padstone.cli.output import print_json, print_table, progress
from padstone.cli.system import load

if TYPE_CHECKING:
    from padstone.cli.system import System
    from padstone.crypto import Rotated, Unopened
    from padstone.crypto.rotation import Progress
    from padstone.db import Database
    from padstone.settings import EncryptionSettings

__all__ = ["generate_encryption", "rotate_encryption", "unopened_rows"]


def generate_encryption(
    name: Annotated[str | None, typer.Option("--id", help="Its id; default: today's date.")] = None,
) -> None:
    """Print a new entry of ENCRYPTION_KEYS."""
    import base64
    import secrets

    from padstone.settings.encryption import KEY_BYTES, read_key

    chosen = f"k{datetime.now(UTC):%Y%m%d}" if name is None else name
    entry = f"{chosen}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"
    if isinstance(wrong := read_key(entry), str):
        raise UsageError(f"{chosen!r} is no id for a key: an entry with it {wrong}.")
    typer.echo(entry)
    progress(
        "It is shown this once. Put it behind the other entries of ENCRYPTION_KEYS and restart all "
        "servers; then before the others, restart, and run: padstone keys rotate-encryption"
    )


def rotate_encryption(
    *, json: Annotated[bool, typer.Option("--json", help="For programs.")] = False
) -> None:
    """Seal stored secrets with the first key.

    It goes on where it was interrupted, and ends with status 1 while another key holds something.
    """
    system = load()
    settings = _settings(system)

    async def work(database: "Database") -> "Rotated":
        from padstone.crypto import KeyRing, rotate
        from padstone.migrations.metadata import load_metadata

        with _bar() as on_progress:
            return await rotate(
                database,
                load_metadata("app.models"),
                KeyRing.of(settings),
                on_progress=on_progress,
            )

    rotated = on_database(system, work)
    ids = [key.id for key in settings.encryption_keys()]
    if json:
        print_json(_as_json(rotated, ids))
    else:
        _show(rotated, ids)
    if not rotated.is_done:
        raise typer.Exit(1)


def unopened_rows(unopened: "Unopened") -> list[str]:
    """The secrets that no key opens, a sentence each."""
    lines = [
        f"{place.table}.{place.column} of {', '.join(place.key)}: {reason}"
        for place, reason in unopened.named
    ]
    if unopened.count > len(lines):
        lines.append(f"and {unopened.count - len(lines)} more")
    return lines


def _settings(system: "System") -> "EncryptionSettings":
    from padstone.settings import EncryptionSettings

    if not isinstance(system.settings, EncryptionSettings):
        raise UsageError(
            "This system encrypts nothing: its Settings do not inherit EncryptionSettings."
        )
    return system.settings


@contextmanager
def _bar() -> "Iterator[Progress]":
    """A bar on a terminal, and nothing elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    columns = ("sealing again", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _as_json(rotated: "Rotated", ids: list[str]) -> dict[str, Any]:
    return {
        "first": rotated.first,
        "rewritten": rotated.rewritten,
        "held": {**dict.fromkeys(ids, 0), **rotated.held},
        "removable": _removable(rotated, ids),
        "unopened": {
            "count": rotated.unopened.count,
            "rows": [
                {**place._asdict(), "reason": reason} for place, reason in rotated.unopened.named
            ],
        },
    }


def _removable(rotated: "Rotated", ids: list[str]) -> list[str]:
    from padstone.settings.encryption import DERIVED_ID

    kept = {rotated.first, DERIVED_ID}  # the latter is in no list, and comes and goes by itself
    return [name for name in ids if name not in kept and not rotated.held.get(name)]


def _show(rotated: "Rotated", ids: list[str]) -> None:
    progress(f"{rotated.rewritten} secrets are sealed again with {rotated.first}.")
    held = {**dict.fromkeys(ids, 0), **rotated.held}
    removable = _removable(rotated, ids)
    print_table(
        ("key", "secrets", ""),
        [(name or "(none)", str(count), _note(name, rotated, ids)) for name, count in held.items()],
    )
    for line in unopened_rows(rotated.unopened):
        progress(f"not opened: {line}")
    if removable:
        progress(
            f"{', '.join(removable)} can be removed from ENCRYPTION_KEYS, once every server that "
            f"runs has {rotated.first} as the first key."
        )


def _note(name: str, rotated: "Rotated", ids: list[str]) -> str:
    if name == rotated.first:
        return "seals"
    if name in _removable(rotated, ids):
        return "can be removed"
    if name not in ids:
        return "is not in ENCRYPTION_KEYS"
    return "is still needed" if rotated.held.get(name) else "is not used"
