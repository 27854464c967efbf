"""D3 and D5: résumés and their sections, each visible to its owner only."""

from typing import Any

import pytest
from members import MakeMember, Member

from padstone.testing.queries import QueryCounter

SECTIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "work-experiences": (
        {"company": "Acme", "position": "Engineer", "start_date": "2020-01-01"},
        {"position": "Lead"},
    ),
    "education": (
        {"institution": "MIT", "degree_type": "master", "area": "Physics"},
        {"score": "1.0"},
    ),
    "skills": (
        {"name": "Python", "skill_category": "programming_language", "years": 4.5},
        {"level": "Advanced"},
    ),
    "certifications": (
        {"name": "CKA", "issuer": "CNCF", "issued_on": "2024-01-01"},
        {"url": "https://example.com/cka"},
    ),
}


async def test_d5_a_resume_from_beginning_to_end(member: Member) -> None:
    made = await member.send(
        "POST",
        "/resumes",
        201,
        json={
            "title": "Backend",
            "full_name": "Ada Lovelace",
            "email": "ada@example.com",
            "phone": "+44 20 7946 0000",
            "url": "https://ada.example.com",
            "country_code": "GB",
            "profiles": [{"network": "GitHub", "username": "ada"}],
        },
    )
    resume = made.json()
    path = f"/resumes/{resume['id']}"
    assert made.headers["location"] == f"/api/v1{path}"
    assert resume["profiles"] == [{"network": "GitHub", "username": "ada", "url": None}]
    changed = await member.patch(path, {"label": "Programmer"})
    assert (changed["label"], changed["full_name"]) == ("Programmer", "Ada Lovelace")
    assert changed["updated_at"] > resume["updated_at"]
    assert await member.ids("/resumes", title__contains="back") == [resume["id"]]
    await member.delete(path)
    await member.get(path, 404)
    assert await member.ids("/resumes") == []
    assert (await member.post(f"{path}/restore", expected=200))["id"] == resume["id"]
    assert await member.ids("/resumes") == [resume["id"]]


@pytest.mark.parametrize("section", SECTIONS)
async def test_d5_a_section_from_beginning_to_end(member: Member, section: str) -> None:
    body, change = SECTIONS[section]
    path = f"/resumes/{(await member.resume())['id']}/{section}"
    made = await member.post(path, body)
    assert {name: made[name] for name in body} == body
    changed = await member.patch(f"{path}/{made['id']}", change)
    assert changed == {**made, **change, "updated_at": changed["updated_at"]}
    assert await member.get(f"{path}/{made['id']}") == changed
    assert await member.ids(path) == [made["id"]]
    await member.delete(f"{path}/{made['id']}")
    await member.get(f"{path}/{made['id']}", 404)
    assert await member.ids(path) == []
    await member.post(f"{path}/{made['id']}/restore", expected=200)
    assert await member.ids(path) == [made["id"]]


@pytest.mark.parametrize("section", SECTIONS)
async def test_d5_anothers_section_is_as_good_as_none(
    member: Member, make_member: MakeMember, section: str
) -> None:
    other = await make_member()
    body, change = SECTIONS[section]
    mine, theirs = await member.resume(), await other.resume()
    made = await other.post(f"/resumes/{theirs['id']}/{section}", body)
    await member.post(f"/resumes/{theirs['id']}/{section}", body, 404)
    await member.get(f"/resumes/{theirs['id']}/{section}", 404)
    # Nor by the way of one's own résumé.
    for path in (f"/resumes/{theirs['id']}/{section}", f"/resumes/{mine['id']}/{section}"):
        await member.get(f"{path}/{made['id']}", 404)
        await member.patch(f"{path}/{made['id']}", change, 404)
        await member.delete(f"{path}/{made['id']}", 404)


@pytest.mark.parametrize("section", SECTIONS)
async def test_d5_a_deleted_resume_hides_its_sections(member: Member, section: str) -> None:
    resume = f"/resumes/{(await member.resume())['id']}"
    made = await member.post(f"{resume}/{section}", SECTIONS[section][0])
    await member.delete(resume)
    await member.get(f"{resume}/{section}", 404)
    await member.get(f"{resume}/{section}/{made['id']}", 404)
    await member.post(f"{resume}/restore", expected=200)
    assert await member.ids(f"{resume}/{section}") == [made["id"]]


@pytest.mark.parametrize(
    ("section", "change", "field"),
    [
        ("", {"email": "ada"}, "email"),
        ("", {"url": "javascript:alert(1)"}, "url"),
        ("", {"url": "https://"}, "url"),
        ("", {"phone": "call me"}, "phone"),
        ("", {"country_code": "Germany"}, "country_code"),
        ("", {"title": "  "}, "title"),
        ("", {"title": None}, "title"),
        ("", {"title": "a\0b"}, "title"),
        ("", {"user_id": "01890a5d-ac96-774b-bcce-b302099a8057"}, "user_id"),
        ("", {"profiles": [{"network": "X", "url": "ftp://x"}]}, "profiles.0.url"),
        ("work-experiences", {"start_date": "2021-02-30"}, "start_date"),
        ("work-experiences", {"end_date": "2019-12-31"}, "end_date"),
        ("work-experiences", {"experience_type": "slavery"}, "experience_type"),
        ("education", {"degree_type": None}, "degree_type"),
        ("education", {"start_date": "2021-01-01", "end_date": "2020-01-01"}, "end_date"),
        ("skills", {"years": 81}, "years"),
        ("skills", {"years": -1}, "years"),
        ("skills", {"years": "4"}, "years"),
        ("certifications", {"expires_on": "2023-12-31"}, "expires_on"),
        ("certifications", {"url": "example.com"}, "url"),
    ],
)
async def test_d3_what_cannot_be_is_named(
    member: Member, section: str, change: dict[str, Any], field: str
) -> None:
    resume = {"title": "Main", "full_name": "Ada"}
    made = await member.post("/resumes", resume)
    path, body = "/resumes", resume
    if section:
        path, body = f"/resumes/{made['id']}/{section}", SECTIONS[section][0]
    one = made if not section else await member.post(path, body)
    for answer in (
        await member.post(path, {**body, "name": "Other", **change}, 422)
        if section == "skills"
        else await member.post(path, {**body, **change}, 422),
        await member.patch(f"{path}/{one['id']}", change, 422),
    ):
        assert [item["field"] for item in answer["errors"]] == [f"body.{field}"]


async def test_d3_one_date_is_held_against_the_other_that_is_stored(member: Member) -> None:
    path = f"/resumes/{(await member.resume())['id']}/work-experiences"
    made = await member.post(
        path,
        {
            "company": "Acme",
            "position": "Engineer",
            "start_date": "2020-01-01",
            "end_date": "2021-01-01",
        },
    )
    refused = await member.patch(f"{path}/{made['id']}", {"start_date": "2022-01-01"}, 422)
    assert refused["errors"][0]["code"] == "order"
    await member.patch(f"{path}/{made['id']}", {"start_date": "2022-01-01", "end_date": None})


async def test_d5_a_skill_is_named_once_in_a_resume(member: Member) -> None:
    path = f"/resumes/{(await member.resume())['id']}/skills"
    body = {"name": "Python", "skill_category": "programming_language"}
    made = await member.post(path, body)
    again = await member.post(path, {**body, "name": "PYTHON"}, 409)
    assert again["code"] == "already_exists"
    await member.delete(f"{path}/{made['id']}")
    await member.post(path, body)
    restored = await member.post(f"{path}/{made['id']}/restore", expected=409)
    assert restored["code"] == "restore_conflict"


async def test_d5_a_lost_update_is_refused(member: Member) -> None:
    resume = await member.resume()
    path = f"/resumes/{resume['id']}"
    tag = (await member.send("GET", path)).headers["etag"]
    await member.send("GET", path, 304, headers={"If-None-Match": tag})
    await member.send("PATCH", path, 200, json={"label": "1"}, headers={"If-Match": tag})
    await member.send("PATCH", path, 412, json={"label": "2"}, headers={"If-Match": tag})
    await member.send("DELETE", path, 412, headers={"If-Match": tag})
    assert (await member.get(path))["label"] == "1"


async def test_d5_a_repeated_request_makes_one_resume(member: Member) -> None:
    body = {"title": "Main", "full_name": "Ada"}
    headers = {"Idempotency-Key": "once"}
    first = await member.send("POST", "/resumes", 201, json=body, headers=headers)
    second = await member.send("POST", "/resumes", 201, json=body, headers=headers)
    assert first.json() == second.json()
    assert len(await member.ids("/resumes")) == 1


async def test_d5_filters_sorts_and_search(member: Member) -> None:
    path = f"/resumes/{(await member.resume())['id']}/skills"
    for name, category, years in (
        ("Python", "programming_language", 10.0),
        ("Go", "programming_language", 2.0),
        ("PostgreSQL", "database", 8.0),
    ):
        await member.post(path, {"name": name, "skill_category": category, "years": years})

    async def names(**params: Any) -> list[str]:
        return [item["name"] for item in (await member.get(path, **params))["items"]]

    assert await names() == ["Python", "Go", "PostgreSQL"]
    assert await names(sort="-years") == ["Python", "PostgreSQL", "Go"]
    assert await names(skill_category="programming_language", sort="name") == ["Go", "Python"]
    assert await names(years__gte=5, sort="name") == ["PostgreSQL", "Python"]
    assert await names(q="postgresql") == ["PostgreSQL"]
    page = await member.get(path, limit=2)
    rest = await member.get(path, limit=2, cursor=page["next_cursor"])
    assert [item["name"] for item in page["items"] + rest["items"]] == await names()
    assert (await member.get(path, offset=0))["total"] == 3
    await member.get(path, 422, colour="red")


async def test_d5_a_list_costs_the_same_however_long(member: Member, queries: QueryCounter) -> None:
    path = f"/resumes/{(await member.resume())['id']}/skills"
    counts = []
    for number in range(2):
        for place in range(1 + number * 10):
            name = f"{number}-{place}"
            await member.post(path, {"name": name, "skill_category": "tool"})
        with queries.counting() as seen:
            await member.get(path)
        counts.append(len(seen))
    assert counts[0] == counts[1]
