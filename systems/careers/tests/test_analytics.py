"""D11: numbers, and one search over everything."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from members import MakeMember, Member
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.services import snapshots
from app.services.upkeep import take_snapshots
from padstone.testing.queries import QueryCounter
from padstone.testing.running import Running

NOW = datetime.now(UTC)


async def _search(member: Member) -> list[str]:
    """Four applications: one drafted, one refused, one with an offer, one without an answer."""
    ids = []
    for steps in (
        [],
        ["submitted", "rejected"],
        ["submitted", "phone_screen", "onsite", "offer"],
        ["submitted", "viewed"],
    ):
        application = await member.application()
        await member.step(application["id"], *steps)
        ids.append(application["id"])
    return ids


async def _interview(member: Member, application_id: str, at: datetime, **values: Any) -> Any:
    body = {
        "application_id": application_id,
        "interview_type": "onsite",
        "starts_at": at.isoformat(),
        **values,
    }
    return await member.post("/interviews", body)


async def test_d11_the_dashboard(member: Member, make_member: MakeMember) -> None:
    await _search(await make_member())  # which is not counted
    ids = await _search(member)
    await _interview(member, ids[2], NOW - timedelta(days=3), outcome="passed")
    coming = await _interview(member, ids[2], NOW + timedelta(days=1))
    await _interview(member, ids[2], NOW + timedelta(days=2), outcome="cancelled")
    today = NOW.date()
    await member.patch(f"/applications/{ids[3]}", {"next_step_on": str(today)})
    await member.patch(f"/applications/{ids[1]}", {"next_step_on": str(today + timedelta(days=9))})
    await member.posting(closes_on=str(today + timedelta(days=3)))
    await member.posting(closes_on=str(today + timedelta(days=30)))

    dashboard = await member.get("/analytics/dashboard")
    assert dashboard["applications_by_status"] == {
        **dict.fromkeys(dashboard["applications_by_status"], 0),
        "draft": 1,
        "viewed": 1,
        "rejected": 1,
        "offer": 1,
    }
    assert dashboard["postings_by_status"] == {
        "saved": 3,
        "prepared": 0,
        "applied": 1,
        "interviewing": 0,
        "offer": 1,
        "rejected": 1,
        "closed": 0,
    }
    numbers = ("submitted_count", "responded_count", "interview_count", "offer_count")
    assert [dashboard[name] for name in numbers] == [3, 2, 2, 1]
    assert dashboard["response_rate"] == 0.6667
    assert [one["id"] for one in dashboard["upcoming_interviews"]] == [coming["id"]]
    assert (dashboard["due_count"], dashboard["closing_soon_count"]) == (1, 1)


async def test_d11_nobody_has_done_anything_yet(member: Member) -> None:
    dashboard = await member.get("/analytics/dashboard")
    assert (dashboard["submitted_count"], dashboard["response_rate"]) == (0, None)
    funnel = await member.get("/analytics/funnel")
    assert {(stage["count"], stage["rate"]) for stage in funnel["stages"]} == {(0, None)}
    assert (await member.get("/analytics/response-rates"))["items"] == []


async def test_d11_the_funnel(member: Member) -> None:
    await _search(member)
    funnel = await member.get("/analytics/funnel")
    assert {stage["stage"]: stage["count"] for stage in funnel["stages"]} == {
        "submitted": 3,
        "viewed": 2,  # who was called has been seen
        "phone_screen": 1,
        "technical": 1,
        "onsite": 1,
        "offer": 1,
        "accepted": 0,
    }
    assert funnel["stages"][5]["rate"] == 0.3333
    assert (funnel["rejected_count"], funnel["withdrawn_count"]) == (1, 0)


async def test_d11_the_timeline_has_no_gaps(member: Member, session: AsyncSession) -> None:
    await member.patch("/users/me", {"timezone": "Pacific/Auckland"})
    for created in ("2025-03-01T10:59:00Z", "2025-03-01T11:01:00Z", "2025-03-04T00:00:00Z"):
        posting = await member.posting()
        await session.execute(
            text("UPDATE job_postings SET created_at = :at WHERE id = :id"),
            {"at": datetime.fromisoformat(created), "id": posting["id"]},
        )
    await session.commit()

    async def saved(**params: Any) -> dict[str, int]:
        points = (await member.get("/analytics/timeline", **params))["points"]
        return {point["starts_on"]: point["saved_count"] for point in points}

    # In Auckland the second of March begins at eleven in the morning, UTC.
    assert await saved(interval="day", since="2025-03-01", until="2025-03-05") == {
        "2025-03-01": 1,
        "2025-03-02": 1,
        "2025-03-03": 0,
        "2025-03-04": 1,
        "2025-03-05": 0,
    }
    assert await saved(interval="week", since="2025-03-02", until="2025-03-09") == {
        "2025-02-24": 2,
        "2025-03-03": 1,
    }
    assert await saved(interval="month", since="2025-02-11", until="2025-03-31") == {
        "2025-02-01": 0,
        "2025-03-01": 3,
    }


@pytest.mark.parametrize("interval", ["day", "week", "month"])
async def test_d11_twelve_intervals_by_default(member: Member, interval: str) -> None:
    application = await member.application()
    await member.step(application["id"], "submitted", "phone_screen")
    await _interview(member, application["id"], NOW)
    points = (await member.get("/analytics/timeline", interval=interval))["points"]
    assert len(points) == 12
    names = ("saved_count", "submitted_count", "responded_count", "interview_count")
    assert [points[-1][name] for name in names] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"since": "2025-02-01", "until": "2025-01-01"}, "until"),
        ({"since": "2020-01-01", "until": "2025-01-01", "interval": "day"}, "since"),
        ({"interval": "decade"}, "interval"),
    ],
)
async def test_d11_a_timeline_that_cannot_be(
    member: Member, params: dict[str, Any], field: str
) -> None:
    answer = await member.get("/analytics/timeline", 422, **params)
    assert [item["field"] for item in answer["errors"]] == [f"query.{field}"]


async def test_d11_which_resume_is_answered(member: Member, session: AsyncSession) -> None:
    version = await member.version(label="Short")
    for steps in (["submitted", "phone_screen"], ["submitted"]):
        application = await member.application(resume_version_id=version["id"])
        await member.step(application["id"], *steps)
    without = await member.application()
    await member.step(without["id"], "submitted")
    await session.execute(
        text("UPDATE applications SET submitted_at = submitted_at - interval '36 hours'")
    )
    await session.commit()
    assert (await member.get("/analytics/response-rates"))["items"] == [
        {
            "resume_version_id": version["id"],
            "label": "Short",
            "submitted_count": 2,
            "responded_count": 1,
            "offer_count": 0,
            "response_rate": 0.5,
            "median_days_to_response": 1.5,
        },
        {
            "resume_version_id": None,
            "label": None,
            "submitted_count": 1,
            "responded_count": 0,
            "offer_count": 0,
            "response_rate": 0.0,
            "median_days_to_response": None,
        },
    ]


async def test_d11_a_snapshot_is_taken_and_brought_up_to_date(member: Member) -> None:
    first = await member.post("/analytics/snapshots", expected=200)
    assert (first["taken_on"], first["submitted_count"]) == (str(datetime.now(UTC).date()), 0)
    await _search(member)
    second = await member.post("/analytics/snapshots", expected=200)
    assert (second["id"], second["submitted_count"], second["response_rate"]) == (
        first["id"],
        3,
        0.6667,
    )
    assert second["applications_by_status"]["offer"] == 1
    assert (await member.get(f"/analytics/snapshots/{first['id']}")) == second
    assert await member.ids("/analytics/snapshots") == [first["id"]]
    await member.delete(f"/analytics/snapshots/{first['id']}")
    assert await member.ids("/analytics/snapshots") == []


async def test_d11_everybodys_snapshot_is_taken_at_night(
    make_member: MakeMember,
    running: Running,
    monkeypatch: pytest.MonkeyPatch,
    queries: QueryCounter,
) -> None:
    monkeypatch.setattr(snapshots, "BATCH", 2)
    members = [await make_member() for _ in range(5)]
    for member in members:
        await member.posting()
    schedules = running.app.plan.jobs.schedules if running.app.plan.jobs else ()
    assert take_snapshots in {schedule.task for schedule in schedules}

    class Context:
        session = running.state["database"].session

    for _ in range(2):  # a run that is repeated writes the same again
        await take_snapshots(Context())  # type: ignore[arg-type]
    for member in members:
        (snapshot,) = (await member.get("/analytics/snapshots"))["items"]
        assert date.fromisoformat(snapshot["taken_on"]) <= datetime.now(UTC).date()
        assert snapshot["postings_by_status"]["saved"] == 1
    one_batch = 5  # of two, as many statements as of five hundred
    async with running.state["database"].session() as session:
        with queries.at_most(one_batch):
            await snapshots.take(session, [member.id for member in members], date(2025, 1, 1))


async def test_d11_one_search_finds_everything(member: Member, make_member: MakeMember) -> None:
    other = await make_member()
    await other.posting(title="Lighthouse keeper")
    posting = await member.posting(
        title="Engineer", company="Sea", description="Keeps a lighthouse and its Fresnel lens."
    )
    application = await member.application(job_posting_id=posting["id"])
    by_notes = await member.application(notes="They have a lighthouse too.")
    resume = await member.resume(summary="Has built lighthouses.")
    await member.post(
        f"/resumes/{resume['id']}/work-experiences",
        {"company": "Lighthouse Ltd", "position": "Keeper"},
    )
    version = await member.post(f"/resumes/{resume['id']}/versions", {"label": "A"})
    hidden = await member.posting(title="Lighthouse")
    await member.delete(f"/job-postings/{hidden['id']}")

    async def found(q: str, **params: Any) -> set[tuple[str, str]]:
        items = (await member.get("/search", q=q, **params))["items"]
        assert [item["rank"] for item in items] == sorted(
            (item["rank"] for item in items), reverse=True
        )
        return {(item["kind"], item["id"]) for item in items}

    everything = {
        ("job_posting", posting["id"]),
        ("application", application["id"]),
        ("application", by_notes["id"]),
        ("resume", resume["id"]),
        ("resume_version", version["id"]),
    }
    assert await found("lighthouses") == everything
    assert await found("lighthouse", kind="resume") == {("resume", resume["id"])}
    assert await found('"fresnel lens"', kind="job_posting") == {("job_posting", posting["id"])}
    assert await found("lighthouse -fresnel", kind="job_posting") == set()
    assert len(await found("lighthouse", limit=2)) == 2
    assert await found("zeppelin") == set()
    (item,) = (await member.get("/search", q="fresnel", kind="job_posting"))["items"]
    assert item["title"] == "Engineer, Sea"
    assert "**Fresnel**" in item["excerpt"]


@pytest.mark.parametrize("q", ["", "x" * 201, "a\0b"])
async def test_d11_a_search_that_cannot_be(member: Member, q: str) -> None:
    answer = await member.get("/search", 422, q=q)
    assert [item["field"] for item in answer["errors"]] == ["query.q"]


@pytest.mark.parametrize("q", ["'", "&|!()", '"', "a:*b", "-", "or", "<script>", "Ä ß 日本"])
async def test_d11_any_text_can_be_searched_for(member: Member, q: str) -> None:
    assert (await member.get("/search", q=q))["items"] == []
