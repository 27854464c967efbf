import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from accounts_cli import __version__
from running import Command, Server, run_process
from server import FULL_KEY

COMMANDS = [
    ["login"],
    ["logout"],
    ["whoami"],
    ["keys"],
    ["keys", "list"],
    ["keys", "create"],
    ["keys", "rename"],
    ["keys", "rotate"],
    ["keys", "revoke"],
    ["credits"],
    ["credits", "entries"],
]


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_lists_every_command_and_setting(flag: str, accounts: Command) -> None:
    ran = accounts(flag)
    assert (ran.status, ran.err) == (0, "")
    for word in ("login", "logout", "whoami", "keys", "credits", "--version"):
        assert word in ran.out
    for variable in ("API_URL", "API_KEY", "INSECURE", "TIMEOUT"):
        assert f"ACCOUNTS_{variable}" in ran.out
    assert "4 the server cannot be reached" in ran.out


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_whose_lines_are_whole(
    command: list[str], accounts: Command
) -> None:
    ran = accounts(*command, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: accounts {' '.join(command)}")
    assert "..." not in ran.out.partition("\n")[2]


def test_the_program_and_a_group_alone_show_what_they_have(accounts: Command) -> None:
    for args in ([], ["keys"]):
        ran = accounts(*args)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith(f"Usage: {' '.join(['accounts', *args])} [OPTIONS] COMMAND")


def test_the_version_is_the_packages(accounts: Command) -> None:
    pyproject = Path(__file__).parents[1] / "pyproject.toml"
    assert tomllib.loads(pyproject.read_text())["project"]["version"] == __version__
    assert accounts("--version").out == f"accounts {__version__}\n"


def test_help_does_not_wait_for_what_it_does_not_need() -> None:
    code = (
        "import sys\nfrom accounts_cli.__main__ import main\nmain(['keys', '--help'])\n"
        "slow = {'rich', 'httpx2', 'platformdirs', 'ssl'} & set(sys.modules)\n"
        "sys.exit(f'imported: {slow}' if slow else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_shell_completes_commands() -> None:
    env = {
        "_ACCOUNTS_COMPLETE": "complete_bash",
        "COMP_WORDS": "accounts keys r",
        "COMP_CWORD": "2",
    }
    ran = run_process(env=env)
    assert ran.out.split() == ["rename", "rotate", "revoke"]


def test_failures_of_real_processes(server: Server) -> None:
    there = {"ACCOUNTS_API_URL": server.url, "ACCOUNTS_API_KEY": FULL_KEY}
    gone = {**there, "ACCOUNTS_API_URL": "http://127.0.0.1:1"}
    for status, args, env in (
        (1, ["keys", "rename", "key_0", "x"], there),
        (2, ["fly"], there),
        (3, ["whoami"], {}),
        (4, ["whoami"], gone),
    ):
        ran = run_process(*args, env=env)
        assert ran.status == status, ran.err
        assert "Traceback" not in ran.err
        assert ran.out == ""
