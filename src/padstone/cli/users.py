"""``padstone users``: the people who sign in, as whoever runs the system looks after them."""

import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from padstone.cli.database import database_settings, on_database
from padstone.cli.failures import UsageError
from padstone.cli.group import new_group
from padstone.cli.output import print_json, print_table, progress
from padstone.cli.system import load

if TYPE_CHECKING:
    from padstone.auth.users import UserAdministration, Users
    from padstone.cli.system import System
    from padstone.db import Database
    from padstone.settings import UserSettings

__all__ = ["users"]

users = new_group("Make and list users, change roles and passwords, lock and unlock.")

Email = Annotated[str, typer.Argument(help="The user's e-mail address.")]
Role = Annotated[str | None, typer.Option(help="Default: what whoever registers gets.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


class Shown(NamedTuple):
    """A user, without what is nobody's business."""

    id: str
    email: str
    role: str
    state: str
    created_at: datetime
    last_login_at: datetime | None


@users.command()
def create(
    email: Email,
    role: Role = None,
    *,
    password_stdin: FromStdin = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="The user chooses one by 'forgot password'.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Make a user, whose address counts as verified. Asks for a password."""
    system = load()
    _plan(system)
    password = None if no_password else _password(from_stdin=password_stdin)

    async def work(admin: "UserAdministration") -> Shown:
        hashed = None if password is None else await admin.hashed(password, email.lower())
        return _shown(await admin.create(email, role=role, password_hash=hashed))

    made = _run(system, work)
    if json:
        print_json(made._asdict())
    else:
        progress(f"{made.email} is made, with the role {made.role}.")


@users.command("list")
def list_users(
    role: Annotated[str | None, typer.Option(help="Only those with this role.")] = None,
    *,
    json: AsJson = False,
) -> None:
    """Show the users, the oldest first."""
    system = load()
    described, _ = _plan(system)

    async def work(admin: "UserAdministration") -> list[Shown]:
        statement = admin.statement().order_by(described.model.created_at)
        if role is not None:
            statement = statement.where(described.model.role == role)
        return [_shown(user) for user in await admin.session.scalars(statement)]

    found = _run(system, work)
    if json:
        print_json([user._asdict() for user in found])
    else:
        headings = ("id", "email", "role", "state", "created", "last login")
        print_table(headings, map(_row, found))


@users.command("set-role")
def set_role(
    email: Email,
    role: Annotated[str, typer.Argument(help="The new role.")],
    *,
    json: AsJson = False,
) -> None:
    """Give a user another role. Every running process acts on it within a second."""
    _change(
        email, lambda admin, user: admin.set_role(user, role), f"has the role {role} now", json=json
    )


@users.command()
def lock(email: Email, *, json: AsJson = False) -> None:
    """Refuse a user from now on, on every device."""
    _change(email, lambda admin, user: admin.suspend(user), "is locked", json=json)


@users.command()
def unlock(email: Email, *, json: AsJson = False) -> None:
    """Let a locked user sign in again, and forget the passwords that were tried."""
    _change(email, lambda admin, user: admin.restore(user), "may sign in again", json=json)


@users.command("set-password")
def set_password(email: Email, *, password_stdin: FromStdin = False, json: AsJson = False) -> None:
    """Give a user another password, and sign every device out."""
    _plan(load())
    password = _password(from_stdin=password_stdin)

    async def work(admin: "UserAdministration", user: Any) -> None:
        await admin.set_password(user, await admin.hashed(password, user.email))

    _change(email, work, "has a new password", json=json)


def _change(
    email: str,
    work: "Callable[[UserAdministration, Any], Awaitable[None]]",
    outcome: str,
    *,
    json: bool,
) -> None:
    async def on_user(admin: "UserAdministration") -> Shown:
        user = await admin.by_email(email)
        await work(admin, user)
        return _shown(user)

    shown = _run(load(), on_user)
    if json:
        print_json(shown._asdict())
    else:
        progress(f"{shown.email} {outcome}.")


def _run(system: "System", work: "Callable[[UserAdministration], Awaitable[Any]]") -> Any:
    described, settings = _plan(system)

    async def in_session(database: "Database") -> Any:
        from padstone.auth.users import UserAdministration

        async with database.session() as session:
            return await work(UserAdministration.apart(session, described, settings))

    return on_database(system, in_session)


def _plan(system: "System") -> "tuple[Users, UserSettings]":
    from padstone.settings import UserSettings

    settings, described = database_settings(system), system.app.plan.users
    if described is None or not isinstance(settings, UserSettings):
        raise UsageError("This system has no users: its create_app names no users.")
    return described, settings


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("Pipe the password in and say --password-stdin.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _shown(user: Any) -> Shown:
    state = "locked" if user.suspended_at else "active" if user.email_verified_at else "unverified"
    return Shown(str(user.id), user.email, user.role, state, user.created_at, user.last_login_at)


def _date(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else ""


def _row(user: Shown) -> tuple[str, ...]:
    created, last_login = _date(user.created_at), _date(user.last_login_at)
    return (user.id, user.email, user.role, user.state, created, last_login)
