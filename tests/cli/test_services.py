"""On a set of services of its own, which is not the one that other tests use."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from padstone import devservices

from .conftest import Program, write_system


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A checkout whose services run for the tests of this module."""
    program = Program(write_system(tmp_path_factory.mktemp("checkout")))
    with devservices.attach("tiny", root=program.folder):
        yield program
        assert program("services", "reset", "--yes").status == 0


def _states(program: Program) -> dict[str, dict[str, object]]:
    ran = program.inside("services", "status", "--json")
    assert ran.status == 0
    return {service["name"]: service for service in json.loads(ran.out)}


def test_psql_opens_the_database_of_the_system(checkout: Program) -> None:
    ran = checkout("services", "psql", "--", "-A", "-t", "-c", "SELECT current_database()")
    assert (ran.status, ran.out) == (0, "tiny\n")


def test_psql_reads_what_is_typed_and_ends_as_it_says(checkout: Program) -> None:
    assert checkout("services", "psql", stdin="SELECT 6 * 7 AS answer;\n").out.split()[2] == "42"
    assert checkout("services", "psql", "--", "-c", "SELECT nonsense").status == 1


def test_psql_takes_the_name_of_a_database(checkout: Program) -> None:
    ran = checkout("services", "psql", "--database", "other", "--", "-Atc", r"\conninfo")
    assert "other" in ran.out


def test_psql_outside_a_system_asks_for_a_name(program: Program) -> None:
    ran = program.inside("services", "psql")
    assert ran.status == 2
    assert "--database" in ran.err


def test_ctrl_c_is_for_psql_alone(checkout: Program) -> None:
    with subprocess.Popen(
        checkout.command("services", "psql"),
        cwd=checkout.folder,
        env=checkout.whole_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # what a terminal does, which sends Ctrl-C to all at once
    ) as process:
        assert process.stdin is not None
        process.stdin.write("\\echo waiting\nSELECT pg_sleep(60);\n")
        process.stdin.flush()
        assert process.stdout is not None
        while "waiting" not in process.stdout.readline():
            pass
        _until_it_sleeps(checkout)
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=30)
    assert "canceling statement due to user request" in said
    assert "Interrupted" not in said


def _until_it_sleeps(checkout: Program) -> None:
    question = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if checkout("services", "psql", "--", "-Atc", question).out == "1\n":
            return
    pytest.fail("the statement was never seen")


def test_status_shows_what_runs(checkout: Program) -> None:
    states = _states(checkout)
    assert list(states) == ["postgres", "valkey", "s3", "mail"]
    for service in states.values():
        assert service["state"] == "running"
        assert isinstance(service["pid"], int)
        assert isinstance(service["uptime"], float)

    table = checkout("services", "status").out.splitlines()
    assert table[0].split() == [
        *("service", "state", "version", "address", "pid", "uptime", "size", "data")
    ]
    assert f"127.0.0.1:{states['postgres']['port']}" in table[1]
    assert states["mail"]["page"] in table[4]


def test_the_test_set_is_another_one(checkout: Program) -> None:
    ran = checkout.inside("services", "status", "--test", "--json")
    assert {service["state"] for service in json.loads(ran.out)} == {"stopped"}


def test_logs_shows_the_last_lines_of_one_or_all(checkout: Program) -> None:
    one = checkout.inside("services", "logs", "postgres", "--lines", "3")
    assert one.status == 0
    assert len(one.out.splitlines()) == 3
    assert checkout.inside("services", "logs", "postgres", "-n", "1").out in one.out
    every = checkout("services", "logs").out
    assert "postgres  " in every
    assert "valkey    " in every


def test_following_shows_what_is_added(checkout: Program) -> None:
    with subprocess.Popen(
        checkout.command("services", "logs", "postgres", "--lines", "0", "--follow"),
        cwd=checkout.folder,
        env=checkout.whole_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        # It says nothing before something is logged, so it is asked until it has begun.
        deadline = time.monotonic() + 30
        os.set_blocking(process.stdout.fileno(), False)
        seen = ""
        while "canary" not in seen and time.monotonic() < deadline:
            checkout("services", "psql", "--", "-c", "SELECT canary")
            seen += process.stdout.read() or ""
        process.send_signal(signal.SIGINT)
        process.wait(10)
    assert "canary" in seen


def test_an_unknown_service_is_refused(program: Program) -> None:
    ran = program.inside("services", "logs", "mysql")
    assert ran.status == 2
    assert "postgres, valkey, s3, mail, keeper" in ran.err


def test_reset_asks_and_takes_silence_for_no(checkout: Program) -> None:
    for answer in ("", "n\n"):
        ran = checkout("services", "reset", stdin=answer)
        assert ran.status == 1
        assert str(checkout.folder) in ran.err
        assert "Nothing was done." in ran.err
    assert _states(checkout)["postgres"]["state"] == "running"


def test_a_checkout_that_never_ran_any_is_stopped_and_empty(program: Program) -> None:
    assert program.inside("services", "status").status == 0
    assert program.inside("services", "stop").status == 0
    assert program.inside("services", "reset", "--yes").status == 0
    assert list(program.folder.iterdir()) == []


def test_stop_keeps_what_was_stored_and_reset_does_not(checkout: Program) -> None:
    checkout("services", "psql", "--", "-c", "CREATE TABLE kept (id int)")
    assert checkout.inside("services", "stop").status == 0
    assert _states(checkout)["postgres"]["state"] == "stopped"
    assert checkout("services", "psql", "--", "-c", "TABLE kept").status == 0
    assert checkout("services", "reset", stdin="y\n").status == 0
    states = _states(checkout)
    assert states["postgres"]["state"] == "stopped"
    assert states["postgres"]["size"] == 0
    # This starts them again, as the other tests expect them to be.
    assert checkout("services", "psql", "--", "-c", "TABLE kept").status == 1
