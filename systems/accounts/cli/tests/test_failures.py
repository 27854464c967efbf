from pathlib import Path

import pytest
from accounts_cli import program
from running import Command
from server import FULL_KEY


def test_a_defect_is_told_without_a_trace_and_without_keys(
    accounts: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> int:
        raise RuntimeError(f"{FULL_KEY} went wrong\nand more")

    monkeypatch.setattr(program, "run", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ran = accounts("whoami")
    assert ran.status == 1
    first, second = ran.err.splitlines()
    assert first == "error: This is a defect of accounts: RuntimeError: sk_live_full… went wrong"
    (trace,) = tmp_path.glob("accounts-*.trace")
    assert second == f"{trace} says more."
    assert "Traceback" in trace.read_text()
    assert FULL_KEY not in trace.read_text()
    assert trace.stat().st_mode & 0o077 == 0


def test_a_defect_without_words(accounts: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> int:
        raise RuntimeError

    monkeypatch.setattr(program, "run", broken)
    assert "RuntimeError: \n" in accounts("whoami").err


def test_an_interruption(accounts: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("accounts_cli.connection.current", interrupted)
    monkeypatch.setattr("accounts_cli.api.current", interrupted)
    ran = accounts("whoami")
    assert ran.status == 130
    assert ran.err.endswith("error: Interrupted.\n")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["fly"], "No such command 'fly'. See `accounts --help`."),
        (["whoam"], "No such command 'whoam'. Did you mean 'whoami'? See `accounts --help`."),
        (
            ["keys", "lst"],
            "No such command 'lst'. Did you mean 'list'? See `accounts keys --help`.",
        ),
        (["whoami", "--jsn"], "No such option: --jsn (Possible options: --json) See"),
        (["keys", "create"], "Missing argument 'NAME'. See `accounts keys create --help`."),
        (["keys", "rotate"], "Missing argument 'ID'."),
        (["login", "--api-url"], "Option '--api-url' requires an argument."),
        (["login", "--api-url", "example.com"], "'example.com' is no address of an API."),
        (["login", "--api-url", "http://example.com"], "is not encrypted"),
        (["credits", "entries", "--limit", "0"], "Invalid value for '--limit'"),
        (["credits", "entries", "--limit", "x"], "Invalid value for '--limit'"),
    ],
)
def test_what_is_asked_wrongly_has_status_2(
    args: list[str], message: str, accounts: Command
) -> None:
    ran = accounts(*args)
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.startswith("error: ")
    assert message in ran.err


def test_a_key_given_as_an_argument_is_not_repeated(accounts: Command) -> None:
    for args in (["login", FULL_KEY], [FULL_KEY], ["keys", "revoke", FULL_KEY]):
        ran = accounts(*args)
        assert ran.status == 2
        assert FULL_KEY not in ran.out + ran.err
