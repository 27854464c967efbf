import inspect
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import pytest
import typer

from padstone.cli.program import COMMANDS, Command

from .conftest import Program


def test_help_lists_every_command_with_its_line(program: Program) -> None:
    ran = program("--help")
    assert ran.status == 0
    assert ran.err == ""
    for command in COMMANDS:
        assert f"  {command.name:<8}  {command.summary}\n" in ran.out


def test_help_fits_a_terminal(program: Program) -> None:
    assert max(map(len, program("--help").out.splitlines())) <= 80


def test_without_a_command_it_prints_help_and_fails(program: Program) -> None:
    ran = program()
    assert ran.status == 2
    assert ran.out == program("-h").out


def test_version(program: Program) -> None:
    ran = program("--version")
    assert ran.status == 0
    name, number = ran.out.split()
    assert name == "padstone"
    assert number[0].isdigit()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("servces", "error: There is no command 'servces'. Did you mean 'services'?"),
        ("zzz", "error: There is no command 'zzz'. See"),
        ("--verion", "error: There is no option '--verion'. See"),
    ],
)
def test_a_word_that_is_no_command(program: Program, word: str, said: str) -> None:
    ran = program(word)
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.startswith(said)


def test_a_group_without_a_command_prints_its_help_and_fails(program: Program) -> None:
    ran = program("services")
    assert ran.status == 2
    assert "Usage: padstone services" in ran.out
    assert "status" in ran.out


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_line_in_the_list_is_the_one_of_the_command(command: Command) -> None:
    if find_spec(f"padstone.cli.{command.name}") is None:
        pytest.skip("not written yet")
    called = getattr(import_module(f"padstone.cli.{command.name}"), command.name)
    if isinstance(called, typer.Typer):
        said = called.info.help
    else:
        said = inspect.cleandoc(called.__doc__ or "").splitlines()[0]
    assert said == command.summary


def test_a_command_imports_what_is_heavy_only_when_it_runs() -> None:
    """`padstone COMMAND --help` is answered without the application's libraries."""
    assert _heavy_after(
        "from importlib import import_module; from padstone.cli.program import COMMANDS; "
        "[import_module(f'padstone.cli.{command.name}') for command in COMMANDS]"
    ) == {"typer"}


def test_help_imports_nothing_heavy() -> None:
    assert _heavy_after("from padstone.cli.program import run; run(['--help'])") == set()


def _heavy_after(script: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{script}; import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"alembic", "asyncpg", "boto3", "fastapi", "pydantic", "rich", "sqlalchemy", "typer"}
    return heavy & set(done.stdout.splitlines()[-1].split())
