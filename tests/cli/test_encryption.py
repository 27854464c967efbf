"""``padstone keys generate-encryption`` and ``rotate-encryption``, and what the doctor says."""

import asyncio
import base64
import json
import os
import re
import select
import subprocess
import time
from typing import Any

import asyncpg
import pytest

from padstone.crypto import KeyRing, Place
from padstone.settings import EncryptionKey

from .conftest import MIGRATED, Program, Tiny

MODELS = """\
from padstone.crypto import Ciphertext, Encrypted
from padstone.models import Identified, Revisioned, TableBase, Timestamped, new_metadata
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(TableBase, DeclarativeBase):
    metadata = new_metadata()


class Safe(Identified, Timestamped, Revisioned, Base):
    __tablename__ = "safes"
    secret: Mapped[Ciphertext] = mapped_column(Encrypted())
"""

KEYS = {name: EncryptionKey(name, os.urandom(32)) for name in ("k1", "k2", "k3")}


def given(*names: str) -> dict[str, str]:
    """ENCRYPTION_KEYS with these keys."""
    entries = [f"{name}:{base64.b64encode(KEYS[name].secret).decode()}" for name in names]
    return {"ENCRYPTION_KEYS": ",".join(entries)}


class Safes:
    """The command in a system that encrypts, and its table."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.url = program.environment["DATABASE_URL"].replace("+asyncpg", "")

    def put(self, key: str, count: int) -> list[str]:
        """The ids of new rows."""

        async def insert() -> list[str]:
            from padstone.ids import new_id

            ids = [new_id() for _ in range(count)]
            rows = [
                (one, KeyRing([KEYS[key]]).encrypt(Place("safes", "secret", (str(one),)), "x").blob)
                for one in ids
            ]
            connection = await asyncpg.connect(self.url)
            await connection.executemany("INSERT INTO safes (id, secret) VALUES ($1, $2)", rows)
            await connection.close()
            return list(map(str, ids))

        return asyncio.run(insert())

    def rotate(self, *keys: str) -> tuple[int, Any]:
        ran = self.program.inside("keys", "rotate-encryption", "--json", env=given(*keys))
        assert ran.out, ran.err
        return ran.status, json.loads(ran.out)

    def doctor(self, *keys: str) -> dict[str, Any]:
        ran = self.program.inside("doctor", "--json", env={**given(*keys), "PORT": 0})
        assert ran.out, ran.err
        (found,) = [one for one in json.loads(ran.out) if one["subject"] == "stored secrets"]
        return dict(found)


@pytest.fixture
def safes(tiny: Tiny, blank_database: str) -> Safes:
    groups = ("DatabaseSettings", "EncryptionSettings")
    program = tiny(*groups, files={**MIGRATED, "app/models/__init__.py": MODELS})
    program.environment["DATABASE_URL"] = blank_database
    assert program.inside("db", "upgrade").status == 0
    return Safes(program)


def test_a_new_entry_is_printed_alone(program: Program) -> None:
    entries = [program.inside("keys", "generate-encryption") for _ in range(2)]
    assert len({ran.out for ran in entries}) == 2
    for ran in entries:
        assert ran.status == 0
        assert re.fullmatch(r"k\d{8}:[A-Za-z0-9+/]{43}=\n", ran.out)
        assert ran.out.strip() not in ran.err
        assert "padstone keys rotate-encryption" in ran.err
    named = program.inside("keys", "generate-encryption", "--id", "mine")
    assert named.out.startswith("mine:")


@pytest.mark.parametrize("name", ["", "Mine", "a:b", "a,b", "development", "x" * 33])
def test_an_id_that_cannot_be_used_is_refused(program: Program, name: str) -> None:
    ran = program.inside("keys", "generate-encryption", "--id", name)
    assert (ran.status, ran.out) == (2, "")
    assert "is no id for a key" in ran.err


def test_rotation_step_by_step(safes: Safes) -> None:
    safes.put("k1", 600)
    assert safes.doctor("k1")["what"] == "All 600 can be opened."
    before = safes.doctor("k2", "k1")
    assert (before["verdict"], before["what"]) == ("note", "All 600 can be opened; 600 by k1.")
    status, done = safes.rotate("k2", "k1")
    assert status == 0
    assert done == {
        "first": "k2",
        "rewritten": 600,
        "held": {"k2": 600, "k1": 0, "development": 0},
        "removable": ["k1"],
        "unopened": {"count": 0, "rows": []},
    }
    assert safes.doctor("k2")["what"] == "All 600 can be opened."


def test_what_it_says_to_a_person(safes: Safes) -> None:
    safes.put("k1", 2)
    (lost,) = safes.put("k3", 1)
    ran = safes.program("keys", "rotate-encryption", env=given("k2", "k1"))
    assert ran.status == 1
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["k2", "2", "seals"] in lines
    assert ["k1", "0", "can", "be", "removed"] in lines
    assert ["development", "0", "is", "not", "used"] in lines
    assert ["k3", "1", "is", "not", "in", "ENCRYPTION_KEYS"] in lines
    assert "2 secrets are sealed again with k2." in ran.err
    assert f"not opened: safes.secret of {lost}: The key that sealed this is not among" in ran.err
    assert "can be removed from ENCRYPTION_KEYS, once every server" in ran.err
    assert "sealing again" not in ran.err, "a bar is for terminals"


def test_the_doctor_names_the_rows_that_no_key_opens(safes: Safes) -> None:
    safes.put("k1", 1)
    lost = safes.put("k3", 2)
    found = safes.doctor("k1")
    assert found["verdict"] == "error"
    assert found["what"].startswith("2 of 3 cannot be opened; not among the keys: k3 (2). ")
    assert all(f"safes.secret of {row}: The key that sealed this" in found["what"] for row in lost)
    assert "Add the key that sealed them to ENCRYPTION_KEYS" in found["mend"]


def test_the_doctor_waits_for_the_migrations(tiny: Tiny, blank_database: str) -> None:
    groups = ("DatabaseSettings", "EncryptionSettings")
    program = tiny(*groups, files={**MIGRATED, "app/models/__init__.py": MODELS})
    program.environment["DATABASE_URL"] = blank_database
    assert Safes(program).doctor("k1")["verdict"] == "skipped"
    (program.folder / "app/models/__init__.py").write_text("import no_such_module\n")
    (program.folder / "alembic/versions/0001.py").unlink()  # it imports them too
    assert Safes(program).doctor("k1")["what"] == "The models cannot be imported."


def test_a_system_that_encrypts_nothing_has_nothing_to_rotate(migrated: Program) -> None:
    ran = migrated.inside("keys", "rotate-encryption")
    assert ran.status == 2
    assert "do not inherit EncryptionSettings" in ran.err
    doctor = migrated.inside("doctor", "--json", env={"PORT": 0})
    assert "stored secrets" not in doctor.out


def test_no_output_holds_a_key(safes: Safes) -> None:
    safes.put("k1", 1)
    safes.put("k3", 1)
    texts = [
        safes.program.inside("keys", "rotate-encryption", env=given("k2", "k1")),
        safes.program.inside("doctor", env={**given("k2", "k1"), "PORT": 0}),
        safes.program.inside("settings", env=given("k2", "k1")),
        safes.program.inside("doctor", env={"ENCRYPTION_KEYS": "canary", "PORT": 0}),
    ]
    secrets = [base64.b64encode(key.secret).decode() for key in KEYS.values()]
    for ran in texts:
        assert not any(secret in ran.out + ran.err for secret in (*secrets, "canary"))


def test_a_killed_rotation_goes_on(safes: Safes) -> None:
    """A bar on a terminal; and SIGKILL in the middle, after which the next run does the rest."""
    safes.put("k1", 20_000)
    terminal, inner = os.openpty()
    process = subprocess.Popen(
        safes.program.command("keys", "rotate-encryption"),
        cwd=safes.program.folder,
        env=safes.program.whole_environment({**given("k2", "k1"), "TERM": "xterm"}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=inner,
    )
    os.close(inner)
    seen, limit = "", time.monotonic() + 60
    while not re.search(r"[1-9]\d*/20000", seen) and time.monotonic() < limit:
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 65536).decode(errors="replace")
    process.kill()
    process.wait()
    os.close(terminal)
    assert re.search(r"[1-9]\d*/20000", seen), seen
    status, done = safes.rotate("k2", "k1")
    assert status == 0
    assert 0 < done["rewritten"] < 20_000
    assert done["held"]["k2"] == 20_000
