"""D9: versions of résumés, letters and prompts."""

import asyncio

import pytest
from members import MakeMember, Member
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import PromptTemplate

PROMPT = {"prompt_task": "cover_letter", "name": "Short", "content": "Write {{resume}}."}
LETTER = {"title": "First", "content": "Dear Ms Okafor,\nI have …\n"}


async def test_d9_a_version_is_the_resume_as_it_was(member: Member) -> None:
    resume = await member.resume(label="Programmer")
    path = f"/resumes/{resume['id']}"
    await member.post(
        f"{path}/skills", {"name": "Python", "skill_category": "programming_language"}
    )
    first = await member.post(f"{path}/versions", {"label": "A"})
    assert (first["version"], first["is_active"]) == (1, True)
    assert first["content"]["basics"] == {"name": "Ada Lovelace", "label": "Programmer"}
    assert first["content"]["skills"] == [{"name": "Python"}]
    await member.patch(path, {"label": "Lead"})
    assert await member.get(f"{path}/versions/{first['id']}") == first
    second = await member.post(f"{path}/versions", {"label": "B"})
    assert (second["version"], second["is_active"]) == (2, False)
    difference = await member.get(f"{path}/versions/{first['id']}/compare", against=second["id"])
    assert (difference["from_version"], difference["to_version"]) == (1, 2)
    assert difference["changes"] == [
        {"path": "basics.label", "kind": "changed", "before": "Programmer", "after": "Lead"}
    ]


async def test_d9_a_version_of_ones_own_words(member: Member) -> None:
    path = f"/resumes/{(await member.resume())['id']}/versions"
    posting = await member.posting()
    content = {"basics": {"name": "A. L."}, "work": [{"name": "Acme", "position": "Engineer"}]}
    made = await member.post(
        path, {"label": "Tailored", "job_posting_id": posting["id"], "content": content}
    )
    assert made["content"] == content
    wrong = {**content, "jobs": []}
    refused = await member.post(path, {"label": "X", "content": wrong}, 422)
    assert refused["errors"][0]["field"] == "body.content.jobs"
    # Its words stay; what it is called may change.
    kept = await member.patch(f"{path}/{made['id']}", {"content": content}, 422)
    assert kept["errors"][0]["field"] == "body.content"
    assert (await member.patch(f"{path}/{made['id']}", {"label": "B"}))["label"] == "B"


async def test_d9_a_version_is_copied_and_put_into_use(member: Member) -> None:
    first = await member.version()
    path = f"/resumes/{first['resume_id']}/versions"
    copy = await member.post(f"{path}/{first['id']}/duplicate")
    assert (copy["version"], copy["label"], copy["is_active"]) == (2, "Copy of A", False)
    assert (copy["source_id"], copy["content"]) == (first["id"], first["content"])
    for _ in range(2):  # repeating it changes nothing
        active = await member.post(f"{path}/{copy['id']}/activate", expected=200)
        assert active["is_active"]
        assert await member.ids(path, is_active="true") == [copy["id"]]


async def test_d9_a_number_is_never_used_again(member: Member) -> None:
    first = await member.version()
    path = f"/resumes/{first['resume_id']}/versions"
    second = await member.post(path, {"label": "B"})
    await member.delete(f"{path}/{second['id']}")
    assert (await member.post(path, {"label": "C"}))["version"] == 3
    # The one in use may go; the number of a version in use is no reason to keep it.
    await member.delete(f"{path}/{first['id']}")
    assert await member.ids(path, is_active="true") == []


async def test_d9_letters(member: Member) -> None:
    first = await member.post("/cover-letters", LETTER)
    assert (first["version"], first["is_active"], first["series_id"]) == (1, True, first["id"])
    path = f"/cover-letters/{first['id']}"
    second = await member.post(f"{path}/versions", {"content": "Dear Ms Okafor,\nI built …\n"})
    assert (second["version"], second["is_active"]) == (2, False)
    assert (second["series_id"], second["title"]) == (first["id"], "First")
    await member.post(f"/cover-letters/{second['id']}/activate", expected=200)
    active = await member.ids("/cover-letters", series_id=first["id"], is_active="true")
    assert active == [second["id"]]
    difference = await member.get(f"{path}/compare", against=second["id"])
    assert "-I have …\n+I built …" in difference["diff"]
    assert [change["path"] for change in difference["changes"]] == ["content"]
    copy = await member.post(f"{path}/duplicate")
    assert (copy["series_id"], copy["version"]) == (copy["id"], 1)
    assert (copy["title"], copy["content"]) == ("Copy of First", LETTER["content"])
    # The series goes on when its first version is gone.
    await member.delete(path)
    third = await member.post(f"/cover-letters/{second['id']}/versions", {"content": "Dear …"})
    assert third["version"] == 3
    refused = await member.patch(f"/cover-letters/{second['id']}", {"content": "X"}, 422)
    assert refused["errors"][0]["field"] == "body.content"


async def test_d9_what_is_compared_with_by_default_is_in_use(member: Member) -> None:
    letter = await member.post("/cover-letters", LETTER)
    path = f"/cover-letters/{letter['id']}"
    newer = await member.post(f"{path}/versions", {"content": "Dear …"})
    same = await member.get(f"{path}/compare")
    assert (same["changes"], same["diff"]) == ([], "")
    other = await member.get(f"/cover-letters/{newer['id']}/compare")
    assert (other["from_version"], other["to_version"]) == (2, 1)
    await member.delete(path)
    missing = await member.get(f"/cover-letters/{newer['id']}/compare", 404)
    assert "against=" in missing["detail"]


async def test_d9_one_prompt_is_in_use_for_each_task(member: Member) -> None:
    first = await member.post("/prompt-templates", PROMPT)
    other_task = await member.post("/prompt-templates", {**PROMPT, "prompt_task": "email_reply"})
    second = await member.post("/prompt-templates", {**PROMPT, "name": "Long"})
    assert [first["is_active"], other_task["is_active"], second["is_active"]] == [True, True, False]
    newer = await member.post(
        f"/prompt-templates/{second['id']}/versions",
        {"content": "Write more.", "temperature": 0.5, "model": "m"},
    )
    assert (newer["version"], newer["name"], newer["temperature"]) == (2, "Long", 0.5)
    await member.post(f"/prompt-templates/{newer['id']}/activate", expected=200)
    in_use = await member.ids("/prompt-templates", is_active="true", sort="created_at")
    assert in_use == [other_task["id"], newer["id"]]
    copy = await member.post(f"/prompt-templates/{newer['id']}/duplicate")
    assert (copy["name"], copy["is_active"], copy["version"]) == ("Copy of Long", False, 1)
    difference = await member.get(f"/prompt-templates/{second['id']}/compare", against=newer["id"])
    assert "+Write more." in difference["diff"]
    refused = await member.post("/prompt-templates", {**PROMPT, "temperature": 2.5}, 422)
    assert refused["errors"][0]["field"] == "body.temperature"


@pytest.mark.parametrize("kind", ["cover-letters", "prompt-templates"])
async def test_d9_anothers_versions_are_as_good_as_none(
    member: Member, make_member: MakeMember, kind: str
) -> None:
    other = await make_member()
    body = LETTER if kind == "cover-letters" else PROMPT
    mine, theirs = await member.post(f"/{kind}", body), await other.post(f"/{kind}", body)
    path = f"/{kind}/{theirs['id']}"
    for step in ("duplicate", "activate"):
        await member.post(f"{path}/{step}", expected=404)
    await member.post(f"{path}/versions", {"content": "X"}, 404)
    await member.get(f"{path}/compare", 404, against=mine["id"])
    await member.get(f"/{kind}/{mine['id']}/compare", 404, against=theirs["id"])


@pytest.mark.committed
async def test_d9_of_many_at_once_one_is_in_use(
    make_member: MakeMember, session: AsyncSession
) -> None:
    member = await make_member()
    made = [await member.post("/prompt-templates", PROMPT) for _ in range(6)]
    paths = [f"/prompt-templates/{prompt['id']}" for prompt in made]
    await asyncio.gather(*(member.post(f"{path}/activate", expected=200) for path in paths))
    assert len(await member.ids("/prompt-templates", is_active="true")) == 1
    # And numbers are given out once each.
    new = await asyncio.gather(
        *(member.post(f"{paths[0]}/versions", {"content": str(n)}) for n in range(6))
    )
    assert sorted(version["version"] for version in new) == [2, 3, 4, 5, 6, 7]
    count = await session.scalar(select(func.count(PromptTemplate.id)))
    assert count == 12
