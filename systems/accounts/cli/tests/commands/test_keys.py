from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from running import Command, Server
from server import FULL_KEY, POOR_KEY
from terminal import Terminal

RUNNER = "key_01kb0q7w0sf8n9x2m4v6c80001"
OWN = "key_01kb0q7w0sf8n9x2m4v6c80002"
NEW = "key_01kb0q7w0sf8n9x2m4v6c80003"
OWN_SCOPES = ["account:read", "credits:read", "keys:read", "keys:write"]


def key(server: Server, key_id: str) -> dict[str, Any]:
    return next(key for key in server.keys if key["id"] == key_id)


def in_hours(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def test_the_list(logged_in: Command, server: Server) -> None:
    edit = {"last_used_at": "2026-11-20T09:30:59Z", "expires_at": "2999-01-01T00:00:00Z"}
    server.tell("edit", {"id": RUNNER, **edit})
    ran = logged_in("keys", "list")
    assert (ran.status, ran.err) == (0, "")
    headings, own, runner = ran.out.splitlines()
    assert headings.split("  ")[0] == "id"
    assert own.split() == [
        *(OWN, "laptop", "sk_live_full", ",".join(OWN_SCOPES), "never", "never", "active"),
    ]
    assert runner.split() == [
        *(RUNNER, "runner", "sk_live_poor", "credits:write"),
        *("2026-11-20", "09:30", "2999-01-01", "00:00", "active"),
    ]


@pytest.mark.parametrize(
    ("edit", "state"),
    [
        ({}, "active"),
        ({"expires_at": in_hours(1)}, "active"),
        ({"expires_at": in_hours(-1)}, "expired"),
        ({"revoked_at": in_hours(-1)}, "revoked"),
        ({"revoked_at": in_hours(-1), "expires_at": in_hours(-1)}, "revoked"),
        ({"rotated_to": NEW, "expires_at": in_hours(1)}, "ending"),
        ({"rotated_to": NEW, "expires_at": in_hours(-1)}, "rotated"),
    ],
)
def test_the_state(edit: dict[str, str], state: str, logged_in: Command, server: Server) -> None:
    server.tell("edit", {"id": RUNNER, **edit})
    assert logged_in("keys", "list").out.splitlines()[-1].endswith(f" {state}")


def test_the_list_for_programs_is_what_the_server_says(logged_in: Command, server: Server) -> None:
    assert logged_in("keys", "list", "--json").json == [
        {**key, "secret": item["secret"]} if "secret" in item else key
        for key, item in zip(server.keys, server.keys, strict=True)
    ]


def test_a_new_keys_secret_is_alone_on_standard_output(logged_in: Command, server: Server) -> None:
    ran = logged_in("keys", "create", "ci", "--scopes", "keys:read, credits:read")
    assert ran.status == 0
    assert ran.out == f"sk_live_0003{'x' * 29}\n"
    assert ran.err == (
        f"{NEW} ('ci') may use credits:read, keys:read and never expires. "
        "Its secret is shown this once.\n"
    )
    assert server.seen[-1]["body"] == {
        "name": "ci",
        "scopes": ["keys:read", "credits:read"],
        "mode": "live",
        "expires_at": None,
    }


def test_without_scopes_it_may_what_its_maker_may(logged_in: Command, server: Server) -> None:
    assert logged_in("keys", "create", "ci").status == 0
    assert key(server, NEW)["scopes"] == OWN_SCOPES


def test_where_that_cannot_be_known_scopes_must_be_named(
    logged_in: Command, server: Server
) -> None:
    server.tell("edit", {"id": OWN, "prefix": "sk_live_else"})
    ran = logged_in("keys", "create", "ci")
    assert ran.status == 2
    assert "--scopes account:read,keys:read" in ran.err


def test_no_scopes_at_all(logged_in: Command) -> None:
    assert "may use nothing" in logged_in("keys", "create", "ci", "--scopes", "").err


def test_a_test_key_that_expires(logged_in: Command, server: Server) -> None:
    before = datetime.now(UTC)
    ran = logged_in("keys", "create", "ci", "--expires-in", "30d", "--test")
    assert ran.out.startswith("sk_test_")
    made = datetime.fromisoformat(key(server, NEW)["expires_at"])
    assert before <= made - timedelta(days=30) <= datetime.now(UTC)
    assert f"expires {made:%Y-%m-%d %H:%M}." in ran.err


def test_a_duration_that_is_none(logged_in: Command, server: Server) -> None:
    ran = logged_in("keys", "create", "ci", "--expires-in", "soon")
    assert ran.status == 2
    assert "'--expires-in': write a number and s, m, h, d or w, such as 30d or 12h." in ran.err
    assert server.seen == []


def test_a_new_key_for_programs(logged_in: Command) -> None:
    ran = logged_in("keys", "create", "ci", "--json")
    assert ran.json["id"] == NEW
    assert ran.json["secret"].startswith("sk_live_")
    assert ran.json["secret"] not in ran.err


def test_rename(logged_in: Command, server: Server) -> None:
    ran = logged_in("keys", "rename", RUNNER, "worker")
    assert (ran.status, ran.out) == (0, "")
    assert ran.err == f"{RUNNER} is called 'worker' now.\n"
    assert key(server, RUNNER)["name"] == "worker"
    assert logged_in("keys", "rename", RUNNER, "runner", "--json").json["name"] == "runner"


def test_rotate_at_once(logged_in: Command, server: Server) -> None:
    ran = logged_in("keys", "rotate", RUNNER)
    assert ran.out == f"sk_live_0003{'x' * 29}\n"
    assert ran.err.startswith(f"{RUNNER} no longer works.\n{NEW} ('runner') may use credits:write")
    assert server.seen[-1]["body"] == {"overlap_seconds": 0}


def test_rotate_with_an_overlap(logged_in: Command, server: Server) -> None:
    ran = logged_in("keys", "rotate", RUNNER, "--overlap", "1h", "--json")
    assert ran.status == 0
    assert ran.err.startswith(f"{RUNNER} works until {datetime.now(UTC):%Y-}")
    assert ran.json["id"] == NEW
    assert server.seen[-1]["body"] == {"overlap_seconds": 3600}


def test_the_key_in_use_is_rotated_into_a_login(logged_in: Command) -> None:
    secret = logged_in("keys", "rotate", OWN).out
    assert logged_in("login", stdin=secret).status == 0
    assert logged_in("keys", "list").status == 0


@pytest.mark.usefixtures("logged_in")
def test_revoke_asks_first(server: Server) -> None:
    question = f"Revoke {RUNNER} ('runner', sk_live_poor…) for good? [y/N]: "
    with Terminal("keys", "revoke", RUNNER) as terminal:
        terminal.wait_for(question)
        terminal.type("n\n")
        assert terminal.end() == 1
    assert "Nothing was done." in terminal.shown
    assert key(server, RUNNER)["revoked_at"] is None
    with Terminal("keys", "revoke", RUNNER) as terminal:
        terminal.wait_for(question)
        terminal.type("y\n")
        assert terminal.end() == 0
    assert f"{RUNNER} is revoked." in terminal.shown
    assert key(server, RUNNER)["revoked_at"] is not None


def test_revoke_does_not_ask_where_nobody_can_answer(logged_in: Command, server: Server) -> None:
    ran = logged_in("keys", "revoke", RUNNER)
    assert ran.status == 2
    assert ran.err == "error: Nobody can be asked whether to revoke it: add --yes.\n"
    assert server.seen == []


def test_revoke_without_asking(logged_in: Command, server: Server) -> None:
    ran = logged_in("keys", "revoke", RUNNER, "--yes")
    assert (ran.status, ran.out, ran.err) == (0, "", f"{RUNNER} is revoked.\n")
    assert key(server, RUNNER)["revoked_at"] is not None
    ran = logged_in("keys", "revoke", RUNNER, "-y", "--json")
    assert ran.json == {"id": RUNNER, "revoked": True}


def test_revoke_of_what_does_not_exist(logged_in: Command) -> None:
    ran = logged_in("keys", "revoke", "key_0", "--yes")
    assert (ran.status, ran.err) == (1, "error: There is no such key.\n")


@pytest.mark.parametrize("key_id", ["", "..", "key_/../../credits", "key_?x", FULL_KEY, POOR_KEY])
@pytest.mark.parametrize("command", [["rename", "x"], ["rotate"], ["revoke", "--yes"]])
def test_what_is_no_id_never_becomes_a_path(
    command: list[str], key_id: str, logged_in: Command, server: Server
) -> None:
    ran = logged_in("keys", command[0], key_id, *command[1:])
    assert ran.status == 2
    assert "it is not the id of a key; `accounts keys list` has them" in ran.err
    assert server.seen == []
