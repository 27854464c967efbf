"""``accounts keys``."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from accounts_cli.answer import Answer
from accounts_cli.api import AccountsApi, connected
from accounts_cli.commands.options import AsJson
from accounts_cli.errors import UsageError
from accounts_cli.key_input import is_terminal
from accounts_cli.output import say, show_json, show_secret, show_table
from accounts_cli.times import parse_duration, shown

__all__ = ["keys"]

keys = typer.Typer(help="Make, list, rename, rotate and revoke API keys.")

_HEADINGS = ("id", "name", "prefix", "scopes", "last used", "expires", "state")
_NEVER = "never"
_DEAD = {"revoked", "expired", "rotated"}


def _key_id(text: str) -> str:
    # It becomes a part of a path. It is not repeated, since it may be a key given by mistake.
    if not re.fullmatch(r"key_[0-9A-Za-z]+", text):
        raise typer.BadParameter("it is not the id of a key; `accounts keys list` has them")
    return text


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


KeyId = Annotated[
    str, typer.Argument(metavar="ID", parser=_key_id, help="As `accounts keys list` has it.")
]


@keys.command("list")
def list_keys(*, json: AsJson = False) -> None:
    """List all keys, the newest first.

    Those that no longer work are among them.
    """
    with connected() as api:
        found = list(api.all_keys())
    if json:
        show_json([key.members for key in found])
        return
    rows = [_row(key) for key in found]
    show_table(_HEADINGS, rows, faded=[row[-1] in _DEAD for row in rows])


@keys.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What you call it.")],
    scopes: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="What it may be used for; by default what the key you use may.",
        ),
    ] = None,
    expires_in: Annotated[
        timedelta | None,
        typer.Option(metavar="30d", parser=_duration, help="By default it never expires."),
    ] = None,
    *,
    test: Annotated[bool, typer.Option("--test", help="Make an sk_test_ key.")] = False,
    json: AsJson = False,
) -> None:
    """Make a key, and print its secret.

    The secret is alone on standard output, and is shown this once.
    """
    expires_at = datetime.now(UTC) + expires_in if expires_in is not None else None
    with connected() as api:
        wanted = _own_scopes(api) if scopes is None else _split(scopes)
        made = api.create_key(name, wanted, live=not test, expires_at=expires_at)
    _show_new(made, json=json)


@keys.command()
def rename(
    key_id: KeyId,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What you call it from now on.")],
    *,
    json: AsJson = False,
) -> None:
    """Give a key another name."""
    with connected() as api:
        renamed = api.rename_key(key_id, name)
    if json:
        show_json(renamed.members)
    else:
        say(f"{key_id} is called {renamed.text('name')!r} now.")


@keys.command()
def rotate(
    key_id: KeyId,
    overlap: Annotated[
        timedelta | None,
        typer.Option(
            metavar="1h", parser=_duration, help="How long the old key goes on; by default 0s."
        ),
    ] = None,
    *,
    json: AsJson = False,
) -> None:
    """Replace a key by a new one, and print its secret.

    The new key has the old one's name and scopes. Its secret is alone on standard output, and is
    shown this once. To go on with it yourself: accounts keys rotate ID | accounts login
    """
    still = overlap or timedelta(0)
    with connected() as api:
        made = api.rotate_key(key_id, still)
    end = shown(datetime.now(UTC) + still, otherwise="") if still else ""
    say(f"{key_id} works until {end}." if still else f"{key_id} no longer works.")
    _show_new(made, json=json)


@keys.command()
def revoke(
    key_id: KeyId,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: AsJson = False,
) -> None:
    """Have a key refused from now on."""
    with connected() as api:
        if not yes:
            _ask(api, key_id)
        api.revoke_key(key_id)
    if json:
        show_json({"id": key_id, "revoked": True})
    else:
        say(f"{key_id} is revoked.")


def _ask(api: AccountsApi, key_id: str) -> None:
    if not is_terminal():
        raise UsageError("Nobody can be asked whether to revoke it: add --yes.")
    key = api.key(key_id)
    question = f"Revoke {key_id} ({key.text('name')!r}, {key.text('prefix')}…) for good?"
    typer.confirm(question, abort=True, err=True)


def _show_new(made: Answer, *, json: bool) -> None:
    secret, scopes = made.text("secret"), ", ".join(made.texts("scopes"))
    expires = made.moment("expires_at")
    end = f"expires {shown(expires, otherwise='')}" if expires else "never expires"
    say(
        f"{made.text('id')} ({made.text('name')!r}) may use {scopes or 'nothing'} and {end}. "
        "Its secret is shown this once."
    )
    if json:
        show_json(made.members)
    else:
        show_secret(secret)


def _own_scopes(api: AccountsApi) -> list[str]:
    """What the key in use may do. The server gives no new key more than that anyway."""
    mine = api.connection.key
    for key in api.all_keys():
        if _state(key) not in _DEAD and mine.startswith(key.text("prefix")):
            return key.texts("scopes")
    raise UsageError("Say what the key may be used for, such as --scopes account:read,keys:read.")


def _split(scopes: str) -> list[str]:
    return [scope.strip() for scope in scopes.split(",") if scope.strip()]


def _state(key: Answer) -> str:
    if key.moment("revoked_at") is not None:
        return "revoked"
    expires, is_rotated = key.moment("expires_at"), key.members.get("rotated_to") is not None
    if expires is not None and expires <= datetime.now(UTC):
        return "rotated" if is_rotated else "expired"
    return "ending" if is_rotated else "active"


def _row(key: Answer) -> tuple[str, ...]:
    return (
        key.text("id"),
        key.text("name"),
        key.text("prefix"),
        ",".join(key.texts("scopes")),
        shown(key.moment("last_used_at"), otherwise=_NEVER),
        shown(key.moment("expires_at"), otherwise=_NEVER),
        _state(key),
    )
