"""D6 and D12: signing in, and leaving with everything and without a trace."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from documents import pdf
from members import MakeMember, Member
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Base
from padstone.testing.running import Running

RunJobs = Callable[..., Awaitable[Any]]
PASSWORD = "four words you remember"
ACCOUNT = {"email": "ada@example.com", "password": PASSWORD}


async def _post(client: httpx2.AsyncClient, path: str, body: Any, expected: int) -> Any:
    answer = await client.post(f"/api/v1/auth{path}", json=body)
    assert answer.status_code == expected, answer.text
    return answer.json() if answer.content else None


@pytest.fixture
async def registered(client: httpx2.AsyncClient, run_jobs: RunJobs, mailbox: Any) -> None:
    """Somebody with a password, who has opened the link."""
    await _post(client, "/register", {**ACCOUNT, "full_name": "Ada", "timezone": "UTC"}, 202)
    await run_jobs()
    mail = await mailbox.wait_for(to=ACCOUNT["email"])
    token = mail.text.split("#token=")[1].split()[0]
    await _post(client, "/verify-email", {"token": token}, 204)


async def _member(client: httpx2.AsyncClient, session: AsyncSession) -> Member:
    pair = await _post(client, "/login", ACCOUNT, 200)
    from sqlalchemy import select

    from app.models import User

    user = (await session.scalars(select(User).where(User.email == ACCOUNT["email"]))).one()
    return Member(user.id, {"Authorization": f"Bearer {pair['access_token']}"}, client)


@pytest.mark.usefixtures("registered")
async def test_d6_from_registering_to_signing_out(
    client: httpx2.AsyncClient, session: AsyncSession
) -> None:
    member = await _member(client, session)
    me = await member.get("/users/me")
    assert (me["email"], me["full_name"], me["role"]) == (ACCOUNT["email"], "Ada", "member")
    assert await member.get("/auth/me") == me
    pair = await _post(client, "/login", ACCOUNT, 200)
    renewed = await _post(client, "/refresh", {"refresh_token": pair["refresh_token"]}, 200)
    again = Member(member.id, {"Authorization": f"Bearer {renewed['access_token']}"}, client)
    new = {"current_password": PASSWORD, "new_password": "another four words here"}
    await again.send("POST", "/auth/change-password", 204, json=new)
    await member.get("/users/me", 401)
    await _post(client, "/login", ACCOUNT, 401)
    await again.send("POST", "/auth/logout", 204)
    await again.get("/users/me", 401)


async def test_d6_an_account_is_locked_after_repeated_failures(
    client: httpx2.AsyncClient, running: Running
) -> None:
    limit = running.state["settings"].LOGIN_ATTEMPTS
    body = {"email": "nobody@example.com", "password": "x"}
    for _ in range(limit):
        await _post(client, "/login", body, 401)
    assert (await _post(client, "/login", body, 429))["code"] == "too_many_attempts"


async def test_d6_a_user_changes_what_is_known(member: Member) -> None:
    changed = await member.patch("/users/me", {"full_name": "Ada", "timezone": "Europe/Berlin"})
    assert (changed["full_name"], changed["timezone"]) == ("Ada", "Europe/Berlin")
    assert (await member.patch("/users/me", {"full_name": None}))["full_name"] is None
    for body, field in (
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": None}, "timezone"),
        ({"email": "x@example.com"}, "email"),
        ({"role": "admin"}, "role"),
    ):
        answer = await member.patch("/users/me", body, 422)
        assert [item["field"] for item in answer["errors"]] == [f"body.{field}"]


async def _everything(member: Member) -> None:
    """A row in every table that holds something of users."""
    version = await member.version()
    await member.post(
        f"/resumes/{version['resume_id']}/skills", {"name": "Go", "skill_category": "tool"}
    )
    await member.post(
        f"/resumes/{version['resume_id']}/work-experiences", {"company": "A", "position": "B"}
    )
    await member.post(
        f"/resumes/{version['resume_id']}/education",
        {"institution": "U", "degree_type": "master"},
    )
    await member.post(f"/resumes/{version['resume_id']}/certifications", {"name": "C"})
    letter = await member.post("/cover-letters", {"title": "T", "content": "C"})
    application = await member.application(
        resume_version_id=version["id"], cover_letter_id=letter["id"]
    )
    await member.step(application["id"], "submitted")
    at = "2030-01-01T00:00:00Z"
    await member.post(
        "/interviews",
        {"application_id": application["id"], "interview_type": "final", "starts_at": at},
    )
    await member.post(
        "/email-threads", {"subject": "S", "first_message_at": at, "last_message_at": at}
    )
    await member.post(
        "/prompt-templates", {"prompt_task": "email_reply", "name": "N", "content": "C"}
    )
    await member.post("/credentials", {"name": "N", "service": "S", "secret": "canary-secret"})
    await member.post("/analytics/snapshots", expected=200)
    content = pdf("Ada")
    upload = await member.post(
        "/resume-uploads",
        {"file_name": "cv.pdf", "content_type": "application/pdf", "size_bytes": len(content)},
    )
    async with httpx2.AsyncClient() as storage:
        await storage.put(
            upload["upload"]["url"], content=content, headers=upload["upload"]["headers"]
        )
    await member.post(f"/resume-uploads/{upload['id']}/complete", expected=202)
    deleted = await member.posting(title="Deleted")
    await member.delete(f"/job-postings/{deleted['id']}")
    await member.send(
        "POST",
        "/job-postings",
        201,
        json={"title": "Once", "company": "Acme"},
        headers={"Idempotency-Key": "k"},
    )


async def test_d12_everything_is_taken_along(member: Member, make_member: MakeMember) -> None:
    await _everything(await make_member())
    await _everything(member)
    answer = await member.send("GET", "/users/me/export")
    assert "attachment" in answer.headers["content-disposition"]
    export = answer.json()
    assert export["user"]["id"] == str(member.id)
    tables = export["tables"]
    assert all(tables.values()), {name for name, rows in tables.items() if not rows}
    owned = {name for name in Base.metadata.tables if name not in {"users", *NOT_OWNED}}
    assert set(tables) == owned
    users = {row["user_id"] for rows in tables.values() for row in rows if "user_id" in row}
    assert users == {str(member.id)}
    assert any(row["deleted_at"] for row in tables["job_postings"]), "deleted ones too"
    for word in ("canary-secret", "password_hash", "search_vector", "argon2"):
        assert word not in json.dumps(export)


NOT_OWNED = {"login_attempts", "idempotency_records"}


@pytest.mark.usefixtures("registered")
async def test_d12_everything_is_erased(
    client: httpx2.AsyncClient,
    session: AsyncSession,
    make_member: MakeMember,
    running: Running,
    run_jobs: RunJobs,
) -> None:
    member, other = await _member(client, session), await make_member()
    await _everything(member)
    await _everything(other)
    before = await _counts(session)
    body = {"current_password": "wrong"}
    refused = await member.send("POST", "/users/me/erase", 422, json=body)
    assert refused.json()["code"] == "wrong_password"
    tried = await _counts(session)
    assert {**tried, "login_attempts": before["login_attempts"]} == before

    await member.send("POST", "/users/me/erase", 204, json={"current_password": PASSWORD})
    await member.get("/users/me", 401)
    await _post(client, "/login", ACCOUNT, 401)
    after = await _counts(session)
    halves = {name: count // 2 for name, count in before.items() if name not in UNEVEN}
    assert {name: after[name] for name in halves} == halves, "the other user's rows alone are left"
    assert ACCOUNT["email"] not in await _dump(session)
    storage = running.state["storage"]
    assert [item async for item in storage.list(f"{member.id}/")] == []
    assert [item async for item in storage.list(f"{other.id}/")] != []
    # A link that was given before still takes bytes, which a later job sweeps away.
    await storage.put(f"{member.id}/late", b"x", content_type="text/plain")
    await run_jobs(delayed=True)
    assert [item async for item in storage.list(f"{member.id}/")] == []
    assert str(member.id) not in await _dump(session)
    assert await other.get("/users/me")


# A registered user signs in once more than a made one, and answers are kept by principal.
UNEVEN = {"user_sessions", "login_attempts"}


async def _counts(session: AsyncSession) -> dict[str, int]:
    counts = {}
    for name in Base.metadata.tables:
        count = await session.scalar(text(f'SELECT count(*) FROM "{name}"'))  # noqa: S608  # ours
        counts[name] = int(count or 0)
    await session.rollback()
    return counts


async def _dump(session: AsyncSession) -> str:
    tables = [f'"{name}"' for name in Base.metadata.tables]
    tables += ["pgqueuer.pgqueuer", "pgqueuer.pgqueuer_log"]
    rows = []
    for name in tables:
        found = await session.scalars(text(f"SELECT to_jsonb(t)::text FROM {name} t"))  # noqa: S608
        rows += found.all()
    payloads = await session.scalars(
        text("SELECT convert_from(payload, 'UTF8') FROM pgqueuer.pgqueuer")
    )
    rows += [payload for payload in payloads if payload]
    await session.rollback()
    return "\n".join(rows)


async def test_d12_a_dead_storage_erases_nothing(
    member: Member, session: AsyncSession, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    from padstone.storage import StorageUnavailableError

    async def dead(_prefix: str) -> int:
        raise StorageUnavailableError

    users = running.state["users"]
    hashed = await users.passwords.hash(PASSWORD)
    await session.execute(
        text("UPDATE users SET password_hash = :hash WHERE id = :id"),
        {"hash": hashed, "id": member.id},
    )
    await session.commit()
    monkeypatch.setattr(running.state["storage"], "delete_prefix", dead)
    await member.posting()
    await member.send("POST", "/users/me/erase", 503, json={"current_password": PASSWORD})
    assert len(await member.ids("/job-postings")) == 1
