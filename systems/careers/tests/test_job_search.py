"""D5 and D7: postings, applications, interviews and correspondence, and how far they are."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from members import MakeMember, Member

from app.core.vocabulary import JobStatus
from app.services.statuses import APPLICATION, POSTING

LATER = (datetime.now(UTC) + timedelta(days=2)).isoformat()


async def test_d5_postings(member: Member) -> None:
    posting = await member.posting(
        url="https://example.com/1",
        salary_min_minor=6_000_000,
        salary_max_minor=7_000_000,
        salary_currency="EUR",
        work_mode="remote",
        job_source="linkedin",
        closes_on="2030-01-01",
    )
    assert posting["status"] == "saved"
    path = f"/job-postings/{posting['id']}"
    changed = await member.patch(path, {"notes": "Ask Grace."})
    assert changed["notes"] == "Ask Grace."
    await member.posting(title="Gardener", company="Parks", work_mode="on_site")
    assert await member.ids("/job-postings", work_mode="remote") == [posting["id"]]
    assert await member.ids("/job-postings", q="engineers") == [posting["id"]]
    assert await member.ids("/job-postings", company__contains="acm") == [posting["id"]]
    assert await member.ids("/job-postings", salary_max_minor__gte=7_000_000) == [posting["id"]]
    await member.delete(path)
    await member.get(path, 404)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"salary_max_minor": 5}, "salary_currency"),
        (
            {"salary_min_minor": 9, "salary_max_minor": 5, "salary_currency": "EUR"},
            "salary_max_minor",
        ),
        ({"salary_min_minor": -1, "salary_currency": "EUR"}, "salary_min_minor"),
        ({"salary_currency": "euros"}, "salary_currency"),
        ({"posted_on": "2025-01-02", "closes_on": "2025-01-01"}, "closes_on"),
        ({"status": "offer"}, "status"),
        ({"job_source": "dream"}, "job_source"),
    ],
)
async def test_d3_a_posting_that_cannot_be(
    member: Member, change: dict[str, Any], field: str
) -> None:
    body = {"title": "Engineer", "company": "Acme", **change}
    answer = await member.post("/job-postings", body, 422)
    assert [item["field"] for item in answer["errors"]] == [f"body.{field}"]


async def test_d5_postings_come_from_a_file_and_go_into_one(member: Member) -> None:
    rows = "title,company,work_mode\nEngineer,Acme,remote\n=Gardener,Parks,\n"
    headers = {"Content-Type": "text/csv"}
    await member.send("POST", "/job-postings/import", 200, content=rows, headers=headers)
    exported = await member.send("GET", "/job-postings/export", params={"format": "csv"})
    assert "'=Gardener" in exported.text, "which begins no formula any more"
    for posting_id in await member.ids("/job-postings"):
        history = await member.get(f"/job-postings/{posting_id}/history")
        assert [step["to_status"] for step in history["items"]] == ["saved"]


async def test_d5_an_application(member: Member) -> None:
    posting = await member.posting()
    version = await member.version()
    letter = await member.post("/cover-letters", {"title": "First", "content": "Dear …"})
    made = await member.application(
        job_posting_id=posting["id"],
        resume_version_id=version["id"],
        cover_letter_id=letter["id"],
        contact_email="grace@example.com",
        next_step_on="2030-01-01",
    )
    assert made["status"] == "draft"
    assert made["job_posting"] == {
        "id": posting["id"],
        "title": "Backend engineer",
        "company": "Acme",
        "status": "saved",
    }
    path = f"/applications/{made['id']}"
    assert (await member.patch(path, {"cover_letter_id": None}))["cover_letter_id"] is None
    assert await member.ids("/applications", job_posting_id=posting["id"]) == [made["id"]]
    await member.delete(path)
    await member.get(path, 404)


@pytest.mark.parametrize("field", ["job_posting_id", "resume_version_id", "cover_letter_id"])
async def test_d5_anothers_row_cannot_be_pointed_to(
    member: Member, make_member: MakeMember, field: str
) -> None:
    other = await make_member()
    theirs = {
        "job_posting_id": (await other.posting())["id"],
        "resume_version_id": (await other.version())["id"],
        "cover_letter_id": (await other.post("/cover-letters", {"title": "T", "content": "C"}))[
            "id"
        ],
    }[field]
    missing = "01890a5d-ac96-774b-bcce-b302099a8057"
    posting = (await member.posting())["id"]
    answers = [
        await member.post("/applications", {"job_posting_id": posting, field: value}, 422)
        for value in (theirs, missing)
    ]
    for answer in answers:
        answer.pop("request_id")
    assert answers[0] == answers[1]
    assert [item["field"] for item in answers[0]["errors"]] == [f"body.{field}"]


async def test_d5_a_deleted_posting_hides_its_applications_and_their_interviews(
    member: Member,
) -> None:
    application = await member.application()
    interview = await member.post(
        "/interviews",
        {
            "application_id": application["id"],
            "interview_type": "technical",
            "starts_at": LATER,
        },
    )
    posting = f"/job-postings/{application['job_posting']['id']}"
    await member.delete(posting)
    assert await member.ids("/applications") == []
    await member.get(f"/applications/{application['id']}", 404)
    assert await member.ids("/interviews") == []
    await member.get(f"/interviews/{interview['id']}", 404)
    assert (await member.get("/analytics/dashboard"))["applications_by_status"]["draft"] == 0
    await member.post(f"{posting}/restore", expected=200)
    assert await member.ids("/applications") == [application["id"]]
    assert await member.ids("/interviews") == [interview["id"]]


async def test_d5_interviews_and_correspondence(member: Member) -> None:
    application = await member.application()
    interview = await member.post(
        "/interviews",
        {
            "application_id": application["id"],
            "interview_type": "phone_screen",
            "starts_at": LATER,
            "meeting_url": "https://meet.example.com/1",
            "interviewers": ["Grace Hopper"],
        },
    )
    early = await member.patch(
        f"/interviews/{interview['id']}", {"ends_at": "2020-01-01T00:00:00Z"}, 422
    )
    assert early["errors"][0]["field"] == "body.ends_at"
    naive = await member.patch(
        f"/interviews/{interview['id']}", {"starts_at": "2030-01-01T00:00:00"}, 422
    )
    assert naive["errors"][0]["field"] == "body.starts_at"
    passed = await member.patch(f"/interviews/{interview['id']}", {"outcome": "passed"})
    assert passed["outcome"] == "passed"

    thread = await member.post(
        "/email-threads",
        {
            "application_id": application["id"],
            "subject": "Your application",
            "participants": ["grace@example.com"],
            "email_classification": "interview_invitation",
            "first_message_at": "2025-01-01T10:00:00Z",
            "last_message_at": "2025-01-02T10:00:00Z",
            "needs_reply": True,
            "external_id": "thread-1",
        },
    )
    assert await member.ids("/email-threads", needs_reply="true") == [thread["id"]]
    wrong = {**thread, "participants": ["grace"]}
    for name in ("id", "created_at", "updated_at"):
        del wrong[name]
    refused = await member.post("/email-threads", wrong, 422)
    assert refused["errors"][0]["field"] == "body.participants.0"
    again = {**wrong, "participants": []}
    assert (await member.post("/email-threads", again, 409))["code"] == "already_exists"


WAYS = {
    "saved": [],
    "prepared": ["prepared"],
    "applied": ["applied"],
    "interviewing": ["applied", "interviewing"],
    "offer": ["applied", "offer"],
    "rejected": ["applied", "rejected"],
    "closed": ["closed"],
}


@pytest.mark.parametrize("before", POSTING.following, ids=str)
async def test_d7_a_posting_takes_only_the_steps_of_its_machine(
    member: Member, before: JobStatus
) -> None:
    path = f"/job-postings/{(await member.posting())['id']}"
    for status in WAYS[before]:
        await member.post(f"{path}/status", {"status": status}, 200)
    for after in set(JobStatus) - set(POSTING.following[before]):
        refused = await member.post(f"{path}/status", {"status": after}, 409)
        assert refused["code"] == "status_not_reachable"
        assert before in refused["detail"]
    assert (await member.get(path))["status"] == before
    last = POSTING.following[before][-1]
    answer = await member.post(f"{path}/status", {"status": last, "note": "because"}, 200)
    assert answer["status"] == last
    steps = ["saved", *WAYS[before], last]
    history = (await member.get(f"{path}/history"))["items"]
    assert [step["to_status"] for step in history] == steps
    assert [step["from_status"] for step in history] == [None, *steps[:-1]]
    assert history[-1]["note"] == "because"


@pytest.mark.parametrize("end", ["accepted", "rejected", "withdrawn"])
async def test_d7_an_application_goes_all_the_way(member: Member, end: str) -> None:
    application = await member.application()
    stages = ["submitted", "viewed", "phone_screen", "technical", "onsite", "offer", end]
    await member.step(application["id"], *stages)
    history = (await member.get(f"/applications/{application['id']}/history"))["items"]
    assert [step["to_status"] for step in history] == ["draft", *stages]
    for status in APPLICATION.following:
        path = f"/applications/{application['id']}/status"
        await member.post(path, {"status": status.value}, 409)


def test_d7_no_stage_is_gone_back_to() -> None:
    stages = list(APPLICATION.following)
    for place, stage in enumerate(stages):
        assert all(stages.index(after) > place for after in APPLICATION.following[stage])


@pytest.mark.parametrize(
    ("steps", "posting"),
    [
        (["submitted"], "applied"),
        (["submitted", "viewed"], "applied"),
        (["submitted", "technical"], "interviewing"),
        (["submitted", "phone_screen", "offer"], "offer"),
        (["submitted", "rejected"], "rejected"),
        (["withdrawn"], "saved"),
    ],
)
async def test_d7_an_application_advances_its_posting(
    member: Member, steps: list[str], posting: str
) -> None:
    application = await member.application()
    answer = await member.step(application["id"], *steps)
    assert answer["job_posting"]["status"] == posting
    path = f"/job-postings/{application['job_posting']['id']}/history"
    steps_of_posting = (await member.get(path))["items"]
    assert steps_of_posting[-1]["to_status"] == posting


async def test_d7_an_application_never_takes_its_posting_back(member: Member) -> None:
    posting = await member.posting()
    path = f"/job-postings/{posting['id']}"
    for status in ("applied", "interviewing", "offer"):
        await member.post(f"{path}/status", {"status": status}, 200)
    second = await member.application(job_posting_id=posting["id"])
    answer = await member.step(second["id"], "submitted", "phone_screen")
    assert answer["job_posting"]["status"] == "offer"


async def test_d7_times_are_noted_down(member: Member) -> None:
    application = await member.application()
    submitted = await member.step(application["id"], "submitted", "viewed")
    assert submitted["submitted_at"] is not None
    assert submitted["responded_at"] is None, "to be viewed is no answer"
    answered = await member.step(application["id"], "phone_screen", "technical")
    assert answered["responded_at"] >= answered["submitted_at"]
    rejected = await member.step(application["id"], "rejected")
    assert rejected["responded_at"] == answered["responded_at"]


@pytest.mark.parametrize("kind", ["job-postings", "applications"])
async def test_d7_anothers_status_is_as_good_as_none(
    member: Member, make_member: MakeMember, kind: str
) -> None:
    other = await make_member()
    made = await other.posting() if kind == "job-postings" else await other.application()
    status = "applied" if kind == "job-postings" else "submitted"
    await member.post(f"/{kind}/{made['id']}/status", {"status": status}, 404)
    await member.get(f"/{kind}/{made['id']}/history", 404)
