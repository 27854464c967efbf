import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

import peopled
from padstone.testing.databases import DatabaseFactory

from .conftest import Program

EMAIL = "someone@example.com"
PASSWORD = "correct donkey battery"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def peopled_template(
    database_factory: DatabaseFactory, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A database at the head of a system that has users, made once."""
    program = Program(peopled.write(tmp_path_factory.mktemp("peopled")), dict(peopled.ENVIRONMENT))

    def migrate(url: str) -> None:
        ran = program("db", "upgrade", env={"DATABASE_URL": url})
        assert ran.status == 0, ran.err

    return await database_factory.template("cli_peopled", program.folder, migrate)


@pytest_asyncio.fixture
async def program(
    peopled_template: str, database_factory: DatabaseFactory, tmp_path: Path
) -> AsyncIterator[Program]:
    """The command in the folder of that system, on a database of the test's own."""
    async with database_factory.clone(peopled_template) as url:
        environment = {**peopled.ENVIRONMENT, "DATABASE_URL": url}
        yield Program(peopled.write(tmp_path / "peopled"), environment)


def run(program: Program, *args: str) -> Any:
    ran = program.inside("users", *args, "--json")
    assert ran.status == 0, ran.err
    return json.loads(ran.out)


def test_a_user_is_made_by_a_password_that_is_piped_in(program: Program) -> None:
    ran = program("users", "create", "Ann@Example.com", "--password-stdin", stdin=PASSWORD + "\r\n")
    assert ran.status == 0, ran.err
    assert ran.out == ""
    assert ran.err == "ann@example.com is made, with the role buyer.\n"
    [user] = run(program, "list")
    assert (user["email"], user["role"], user["state"]) == ("ann@example.com", "buyer", "active")
    assert set(user) == {"id", "email", "role", "state", "created_at", "last_login_at"}
    again = program("users", "create", "ann@example.com", "--password-stdin", stdin=PASSWORD)
    assert again.status == 1
    assert "There is a user with this e-mail address already" in again.err


def test_a_users_life(program: Program) -> None:
    made = run(program, "create", EMAIL, "--role", "manager", "--no-password")
    assert made["role"] == "manager"
    assert run(program, "set-role", EMAIL, "buyer")["role"] == "buyer"
    assert run(program, "lock", EMAIL)["state"] == "locked"
    assert run(program, "lock", EMAIL)["state"] == "locked"
    assert run(program, "unlock", EMAIL)["state"] == "active"
    run(program, "create", "other@example.com", "--no-password")
    assert [user["email"] for user in run(program, "list")] == [EMAIL, "other@example.com"]
    assert run(program, "list", "--role", "manager") == []
    shown = program.inside("users", "list")
    assert shown.out.split("\n")[0].split() == [
        *("id", "email", "role", "state", "created", "last", "login"),
    ]
    assert EMAIL in shown.out


def test_a_password_is_changed(program: Program) -> None:
    run(program, "create", EMAIL, "--no-password")
    ran = program("users", "set-password", EMAIL, "--password-stdin", stdin=PASSWORD)
    assert ran.status == 0, ran.err
    assert ran.err == f"{EMAIL} has a new password.\n"
    assert PASSWORD not in ran.out + ran.err
    refused = program("users", "set-password", EMAIL, "--password-stdin", stdin="password1234")
    assert refused.status == 1
    assert "guessed first" in refused.err
    assert "password1234" not in refused.err


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (("set-role", EMAIL, "king"), 1, "role: must be one of: buyer, manager"),
        (("set-role", "nobody@example.com", "buyer"), 1, "There is no such user"),
        (("lock", "nobody"), 1, "email: is not an address"),
        (("create", "new@example.com", "--no-password", "--role", "king"), 1, "role: must be"),
        (("create", "new@example.com"), 2, "--password-stdin"),
        (("set-password", EMAIL), 2, "--password-stdin"),
    ],
)
def test_what_cannot_be_says_why(
    program: Program, args: tuple[str, ...], status: int, said: str
) -> None:
    run(program, "create", EMAIL, "--no-password")
    ran = program.inside("users", *args)
    assert ran.status == status
    assert said in ran.err
    assert ran.out == ""
    assert [user["role"] for user in run(program, "list")] == ["buyer"]


def test_a_system_without_users_says_so(migrated: Program) -> None:
    ran = migrated.inside("users", "list")
    assert ran.status == 2
    assert "This system has no users" in ran.err
