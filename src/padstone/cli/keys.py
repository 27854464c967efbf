"""``padstone keys``: API keys, made and revoked by whoever runs the system."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from padstone.cli.database import on_database
from padstone.cli.encryption import generate_encryption, rotate_encryption
from padstone.cli.failures import UsageError
from padstone.cli.group import new_group
from padstone.cli.output import print_json, print_table, progress
from padstone.cli.system import load

if TYPE_CHECKING:
    from uuid import UUID

    from padstone.auth import ApiKeys
    from padstone.auth.key_schemas import ApiKeyCreated, ApiKeyRead
    from padstone.cli.system import System
    from padstone.db import Database

__all__ = ["keys"]

keys = new_group("Make, list and revoke API keys; rotate the keys of stored secrets.")

PREFIX = "key"
LONGEST_NAME = 100

Email = Annotated[str, typer.Option(help="Whose; made when there is no such account.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@keys.command()
def create(
    email: Email,
    name: Annotated[str, typer.Option(help="What its owner will call it.")] = "command line",
    scopes: Annotated[
        str | None, typer.Option(help="Separated by commas; default: what the system gives.")
    ] = None,
    expires_in_days: Annotated[int | None, typer.Option(min=1, help="Default: never.")] = None,
    *,
    test: Annotated[bool, typer.Option("--test", help="An sk_test_ key.")] = False,
    json: AsJson = False,
) -> None:
    """Make a key, and print its secret alone on standard output."""
    system = load()
    api_keys, owner_for_email = _plan(system)
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise UsageError(f"--name has 1 to {LONGEST_NAME} characters.")
    days = expires_in_days
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    wanted = api_keys.default_scopes if scopes is None else _split(scopes)

    async def work(database: "Database") -> "ApiKeyCreated":
        from padstone.auth import ApiKeyService
        from padstone.auth.key_schemas import ApiKeyCreated, ApiKeyRead

        async with database.session() as session:
            owner = await owner_for_email(session, email)
            made = await ApiKeyService(session, api_keys).create(
                owner.id, name=name.strip(), scopes=wanted, live=not test, expires_at=expires_at
            )
            shown = ApiKeyRead.model_validate(made.key).model_dump()
        return ApiKeyCreated(**shown, secret=made.secret)

    made = on_database(system, work)
    if json:
        print_json(made.model_dump(mode="json"))
        return
    typer.echo(made.secret)
    expiry = f"expires {_date(made.expires_at)}" if made.expires_at else "never expires"
    progress(
        f"{_id(made)} for {email}: {', '.join(made.scopes) or 'no scopes'}; {expiry}. "
        "The secret is shown this once."
    )


@keys.command("list")
def list_keys(email: Annotated[str, typer.Option(help="Whose.")], *, json: AsJson = False) -> None:
    """Show the keys of an account, those that no longer work among them."""
    system = load()
    api_keys, owner_for_email = _plan(system)

    async def work(database: "Database") -> "list[ApiKeyRead]":
        from padstone.auth import ApiKeyService
        from padstone.auth.key_schemas import ApiKeyRead

        async with database.session() as session:
            owner = await owner_for_email(session, email)
            statement = ApiKeyService(session, api_keys).statement(owner.id)
            found = await session.scalars(statement.order_by(api_keys.model.created_at))
            listed = [ApiKeyRead.model_validate(key) for key in found]
            await session.rollback()  # to look must not make an account
        return listed

    found = on_database(system, work)
    if json:
        print_json([key.model_dump(mode="json") for key in found])
    else:
        headings = ("id", "name", "prefix", "state", "scopes", "created", "last used", "expires")
        print_table(headings, map(_row, found))


@keys.command()
def revoke(key_id: Annotated[str, typer.Argument(help="As `keys list` shows it.")]) -> None:
    """Revoke a key. Every running process refuses it within a second."""
    system = load()
    api_keys, _ = _plan(system)
    wanted = _uuid(key_id)

    async def work(database: "Database") -> None:
        from padstone.auth import ApiKeyService
        from padstone.errors import NotFoundError

        async with database.session() as session:
            key = await session.get(api_keys.model, wanted)
            if key is None:
                raise NotFoundError(f"There is no key {key_id}.")
            owner_id = getattr(key, api_keys.owner_column)
            await ApiKeyService(session, api_keys).revoke(owner_id, wanted)

    on_database(system, work)
    progress(f"{key_id} is revoked.")


keys.command("generate-encryption")(generate_encryption)
keys.command("rotate-encryption")(rotate_encryption)


def _plan(system: "System") -> "tuple[ApiKeys, Callable[..., Any]]":
    plan = system.app.plan
    keys = plan.api_keys
    if keys is None or keys.owner_for_email is None:
        raise UsageError(
            "This system has no API keys: its create_app names no api_keys, or they name no "
            "owner_for_email."
        )
    return keys, keys.owner_for_email


def _split(scopes: str) -> list[str]:
    return [scope.strip() for scope in scopes.split(",") if scope.strip()]


def _uuid(key_id: str) -> "UUID":
    from uuid import UUID

    from padstone.ids import decode_public_id

    try:
        return decode_public_id(PREFIX, key_id) if "_" in key_id else UUID(key_id)
    except ValueError:
        raise UsageError(
            f"{key_id!r} is not the id of a key; `padstone keys list` has them."
        ) from None


def _id(key: "ApiKeyRead") -> str:
    from padstone.ids import encode_public_id

    return encode_public_id(PREFIX, key.id)


def _state(key: "ApiKeyRead") -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at and key.expires_at <= datetime.now(UTC) else "active"


def _date(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else ""


def _row(key: "ApiKeyRead") -> tuple[str, ...]:
    return (
        _id(key),
        key.name,
        key.prefix,
        _state(key),
        ",".join(key.scopes),
        _date(key.created_at),
        _date(key.last_used_at),
        _date(key.expires_at),
    )
