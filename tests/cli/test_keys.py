import json
import re

import pytest

from .conftest import Program, Tiny

EMAIL = "someone@example.com"
SECRET = re.compile(r"sk_live_[0-9A-Za-z]{33}\n").fullmatch


def _listed(program: Program, email: str = EMAIL) -> list[dict[str, object]]:
    ran = program.inside("keys", "list", "--email", email, "--json")
    assert ran.status == 0, ran.err
    rows: list[dict[str, object]] = json.loads(ran.out)
    return rows


def test_create_makes_the_account_and_prints_the_secret_alone(migrated: Program) -> None:
    ran = migrated("keys", "create", "--email", EMAIL)
    assert ran.status == 0, ran.err
    assert SECRET(ran.out)
    assert ran.out.strip() not in ran.err
    [key] = _listed(migrated)
    assert str(key["id"]) in ran.err
    assert key["scopes"] == ["read", "write"]
    assert key["expires_at"] is None
    assert ran.out.startswith(str(key["prefix"]))


def test_create_takes_name_scopes_expiry_and_kind(migrated: Program) -> None:
    given = ("--name", "robot", "--scopes", "pay, read", "--expires-in-days", "3", "--test")
    ran = migrated.inside("keys", "create", "--email", EMAIL, *given, "--json")
    assert ran.status == 0, ran.err
    made = json.loads(ran.out)
    assert made["secret"].startswith("sk_test_")
    assert (made["name"], made["scopes"]) == ("robot", ["pay", "read"])
    assert made["expires_at"] > made["created_at"]
    del made["secret"]
    assert _listed(migrated) == [made]


@pytest.mark.parametrize(
    ("option", "status", "said"),
    [
        (("--scopes", "fly"), 1, "scopes: may hold only: pay, read, write"),
        (("--expires-in-days", "0"), 2, "--expires-in-days"),
        (("--name", " "), 2, "--name has 1 to 100 characters"),
    ],
)
def test_a_key_that_cannot_be_made_leaves_no_account(
    migrated: Program, option: tuple[str, str], status: int, said: str
) -> None:
    ran = migrated.inside("keys", "create", "--email", EMAIL, *option)
    assert ran.status == status
    assert said in ran.err
    assert ran.out == ""
    again = migrated.inside("keys", "create", "--email", EMAIL, "--json")
    assert json.loads(again.out)["id"] == _listed(migrated)[0]["id"]


def test_list_makes_no_account(migrated: Program) -> None:
    assert _listed(migrated, "nobody@example.com") == []
    count = "SELECT count(*) FROM accounts"
    assert migrated("db", "shell", "--", "-Atc", count).out == "0\n"


def test_a_revoked_key_is_listed_as_such(migrated: Program) -> None:
    made = json.loads(migrated.inside("keys", "create", "--email", EMAIL, "--json").out)
    assert migrated.inside("keys", "revoke", made["id"]).status == 0
    assert _listed(migrated)[0]["revoked_at"] is not None
    table = migrated.inside("keys", "list", "--email", EMAIL).out.splitlines()
    assert table[0].split()[:4] == ["id", "name", "prefix", "state"]
    assert "revoked" in table[1]


@pytest.mark.parametrize(
    ("key_id", "status", "said"),
    [
        ("key_01h455vb4pex5vsknk084sn02q", 1, "There is no key key_01h455vb4pex5vsknk084sn02q."),
        ("01890a5d-ac96-774b-bcce-b302099a8057", 1, "There is no key"),
        ("sk_live_oops", 2, "is not the id of a key"),
    ],
)
def test_a_key_that_does_not_exist(migrated: Program, key_id: str, status: int, said: str) -> None:
    ran = migrated.inside("keys", "revoke", key_id)
    assert ran.status == status
    assert said in ran.err


def test_a_database_that_lacks_migrations_is_not_touched(
    keyed: Program, blank_database: str
) -> None:
    keyed.environment["DATABASE_URL"] = blank_database
    ran = keyed.inside("keys", "create", "--email", EMAIL)
    assert ran.status == 1
    assert ran.err == "error: The database lacks 1 migration. Run: padstone db upgrade\n"


@pytest.mark.usefixtures("embedded")
def test_the_embedded_database_is_started_and_migrated(keyed: Program) -> None:
    try:
        ran = keyed("keys", "create", "--email", EMAIL)
        assert ran.status == 0, ran.err
        assert SECRET(ran.out)
    finally:
        keyed("services", "reset", "--yes", "--test")


def test_a_system_without_keys_says_so(tiny: Tiny) -> None:
    ran = tiny().inside("keys", "create", "--email", EMAIL)
    assert ran.status == 2
    assert "has no API keys" in ran.err
