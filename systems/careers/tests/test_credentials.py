"""D10: secrets come in, are sealed for their row, and are never answered."""

import json
from typing import Any

import pytest
import structlog
from members import MakeMember, Member
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Credential
from padstone.crypto import ForgedCiphertextError, KeyRing
from padstone.ids import new_id
from padstone.testing.running import Running

CANARY = "canary-4f0c-never-seen-again"
BODY = {"name": "Job board", "service": "jobs.example.com", "username": "ada", "secret": CANARY}


async def _row(session: AsyncSession, credential_id: str) -> Credential:
    found = await session.get(Credential, credential_id, populate_existing=True)
    assert found is not None
    return found


async def test_d10_a_secret_is_kept_and_not_shown(
    member: Member, session: AsyncSession, running: Running
) -> None:
    made = await member.post("/credentials", BODY)
    path = f"/credentials/{made['id']}"
    answers = [
        made,
        await member.get(path),
        await member.get("/credentials", service="jobs.example.com"),
        await member.patch(path, {"notes": "for alerts"}),
        await member.get("/users/me/export"),
    ]
    assert CANARY not in json.dumps(answers)
    assert "secret" not in made
    keyring: KeyRing = running.state["keyring"]
    assert keyring.open(await _row(session, made["id"]), "secret") == CANARY


async def test_d10_a_new_secret_takes_the_old_ones_place(
    member: Member, session: AsyncSession, running: Running
) -> None:
    made = await member.post("/credentials", BODY)
    await member.patch(f"/credentials/{made['id']}", {"secret": "other"})
    keyring: KeyRing = running.state["keyring"]
    assert keyring.open(await _row(session, made["id"]), "secret") == "other"


async def test_d10_a_stolen_database_says_nothing(
    member: Member, session: AsyncSession, running: Running
) -> None:
    one = await member.post("/credentials", BODY)
    other = await member.post("/credentials", {**BODY, "secret": "x"})
    raw = await session.scalar(
        text("SELECT secret FROM credentials WHERE id = :id"), {"id": one["id"]}
    )
    assert CANARY.encode() not in raw
    # What is copied to another row does not open there.
    await session.execute(
        text("UPDATE credentials SET secret = :raw WHERE id = :id"),
        {"raw": raw, "id": other["id"]},
    )
    keyring: KeyRing = running.state["keyring"]
    with pytest.raises(ForgedCiphertextError):
        keyring.open(await _row(session, other["id"]), "secret")


@pytest.mark.parametrize(
    "change",
    [
        {"secret": ""},
        {"secret": CANARY * 300},
        {"secret": {"text": CANARY}},
        {"secret": f"{CANARY}\0"},
        {"service": None},
        {"expires_on": CANARY},
    ],
    ids=str,
)
async def test_d10_no_error_repeats_a_secret(member: Member, change: dict[str, Any]) -> None:
    with structlog.testing.capture_logs() as logs:
        refused = await member.post("/credentials", {**BODY, **change}, 422)
        made = await member.post("/credentials", BODY)
        also = await member.patch(f"/credentials/{made['id']}", change, 422)
    assert CANARY not in json.dumps([refused, also])
    assert CANARY not in str(logs)


async def test_d10_anothers_credential_is_as_good_as_none(
    member: Member, make_member: MakeMember
) -> None:
    other = await make_member()
    path = f"/credentials/{(await other.post('/credentials', BODY))['id']}"
    await member.get(path, 404)
    await member.patch(path, {"secret": "x"}, 404)
    await member.delete(path, 404)
    await member.get(f"/credentials/{new_id()}", 404)
