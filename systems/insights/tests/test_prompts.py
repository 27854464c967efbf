"""F4 and F11: prompts in versions that never change, labels that move, earlier ones restored."""

import asyncio
from typing import Any
from uuid import UUID

import httpx2
import pytest
from people import SignedIn, SignIn
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import PromptLabel, PromptVersion
from padstone.testing.queries import QueryCounter
from padstone.testing.running import Running

CRITERIA = [
    {"key": "tests", "title": "Tests", "question": "Would a test fail?"},
    {"key": "names", "title": "Names", "question": "Do names say what is meant?"},
]


def body(**values: Any) -> dict[str, Any]:
    return {
        "slug": "review",
        "name": "Review",
        "kind": "general",
        "content": "You review code.\nBe fair.",
        "criteria": CRITERIA,
        **values,
    }


class Prompts:
    """The prompts of the team, as one user reaches them."""

    def __init__(self, client: httpx2.AsyncClient, user: SignedIn) -> None:
        self._client, self._headers = client, user.headers

    async def call(self, method: str, path: str = "", **content: Any) -> httpx2.Response:
        url = f"/api/v1/prompts{path}"
        return await self._client.request(method, url, headers=self._headers, **content)

    async def make(self, **values: Any) -> str:
        answer = await self.call("POST", json=body(**values))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def write(self, prompt_id: str, content: str, **values: Any) -> httpx2.Response:
        words = {"content": content, "criteria": CRITERIA, **values}
        return await self.call("POST", f"/{prompt_id}/versions", json=words)


@pytest.fixture
def prompts(client: httpx2.AsyncClient, analyst: SignedIn) -> Prompts:
    return Prompts(client, analyst)


async def test_f4_a_prompt_begins_with_a_version_in_production(
    prompts: Prompts, analyst: SignedIn
) -> None:
    answer = await prompts.call("POST", json=body())
    made = answer.json()
    assert (made["latest_version"], made["created_by"]) == (1, str(analyst.user.id))
    assert [(one["name"], one["version"]) for one in made["labels"]] == [("production", 1)]
    version = (await prompts.call("GET", f"/{made['id']}/versions/1")).json()
    assert version["content"] == body()["content"]
    assert version["criteria"] == CRITERIA
    assert (await prompts.call("GET", f"/{made['id']}")).json() == made


async def test_f4_prompts_are_the_whole_teams(
    client: httpx2.AsyncClient, prompts: Prompts, signed_in: SignIn
) -> None:
    prompt_id = await prompts.make()
    other = Prompts(client, await signed_in())
    assert (await other.write(prompt_id, "Mine")).status_code == 201
    assert (await other.call("DELETE", f"/{prompt_id}")).status_code == 204
    assert (await prompts.call("GET", f"/{prompt_id}")).status_code == 404


async def test_f4_prompts_are_found_by_slug_kind_and_name(prompts: Prompts) -> None:
    await prompts.make()
    await prompts.make(slug="layers", name="Layers", kind="architecture")

    async def found(query: str) -> list[str]:
        items = (await prompts.call("GET", f"?{query}")).json()["items"]
        return [one["slug"] for one in items]

    assert await found("slug=layers") == ["layers"]
    assert await found("kind=general") == ["review"]
    assert await found("name__contains=lay") == ["layers"]
    assert await found("sort=name") == ["layers", "review"]


async def test_f4_a_slug_is_free_again_once_its_prompt_is_deleted(prompts: Prompts) -> None:
    first = await prompts.make()
    taken = await prompts.call("POST", json=body())
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (409, "body.slug")
    await prompts.call("DELETE", f"/{first}")
    await prompts.make()
    restored = await prompts.call("POST", f"/{first}/restore")
    assert restored.status_code == 409


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"criteria": []}, "body.criteria"),
        ({"criteria": [CRITERIA[0], CRITERIA[0]]}, "body.criteria"),
        ({"criteria": [{**CRITERIA[0], "key": "Not A Key"}]}, "body.criteria.0.key"),
        ({"criteria": [{**CRITERIA[0], "weight": 2}]}, "body.criteria.0.weight"),
        ({"content": ""}, "body.content"),
        ({"slug": "Not a slug"}, "body.slug"),
        ({"kind": "poetry"}, "body.kind"),
        ({"latest_version": 7}, "body.latest_version"),
    ],
)
async def test_f4_what_cannot_be_is_named(
    prompts: Prompts, values: dict[str, Any], field: str
) -> None:
    answer = await prompts.call("POST", json=body(**values))
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


async def test_f11_a_change_is_a_new_version_and_the_label_stays(prompts: Prompts) -> None:
    prompt_id = await prompts.make()
    made = await prompts.write(prompt_id, "Other words", note="Shorter")
    assert made.status_code == 201
    assert made.headers["Location"].endswith(f"/prompts/{prompt_id}/versions/2")
    assert made.json()["version"] == 2
    labelled = (await prompts.call("GET", f"/{prompt_id}/labels/production")).json()
    assert labelled["version"] == 1
    versions = (await prompts.call("GET", f"/{prompt_id}/versions?limit=1")).json()
    assert [one["version"] for one in versions["items"]] == [2]
    rest = await prompts.call("GET", f"/{prompt_id}/versions?cursor={versions['next_cursor']}")
    assert [one["version"] for one in rest.json()["items"]] == [1]


async def test_f11_who_was_slower_is_told(prompts: Prompts) -> None:
    prompt_id = await prompts.make()
    assert (await prompts.write(prompt_id, "A", based_on=1)).status_code == 201
    answer = await prompts.write(prompt_id, "B", based_on=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "prompt_outdated")
    assert (await prompts.write(prompt_id, "B", based_on=2)).json()["version"] == 3


async def test_f11_labels_move_and_go(prompts: Prompts, analyst: SignedIn) -> None:
    prompt_id = await prompts.make()
    await prompts.write(prompt_id, "Other words")
    label = f"/{prompt_id}/labels/staging"
    for _ in range(2):
        set_ = await prompts.call("PUT", label, json={"version": 2})
        assert set_.status_code == 200
    assert (set_.json()["version"], set_.json()["set_by"]) == (2, str(analyst.user.id))
    assert (await prompts.call("GET", label)).json()["content"] == "Other words"
    await prompts.call("PUT", label, json={"version": 1})
    assert (await prompts.call("GET", label)).json()["version"] == 1
    for _ in range(2):
        assert (await prompts.call("DELETE", label)).status_code == 204
    assert (await prompts.call("GET", label)).status_code == 404
    assert (await prompts.call("PUT", label, json={"version": 3})).status_code == 404


async def test_f11_an_earlier_version_is_restored_as_a_new_one(prompts: Prompts) -> None:
    prompt_id = await prompts.make()
    await prompts.write(prompt_id, "Other words")
    restored = await prompts.call("POST", f"/{prompt_id}/versions/1/restore")
    assert restored.status_code == 201
    made = restored.json()
    assert (made["version"], made["restored_from"]) == (3, 1)
    assert made["content"] == body()["content"]
    second = (await prompts.call("GET", f"/{prompt_id}/versions/2")).json()
    assert second["content"] == "Other words", "the history stays"
    assert (await prompts.call("POST", f"/{prompt_id}/versions/9/restore")).status_code == 404


async def test_f11_two_versions_are_compared(prompts: Prompts) -> None:
    prompt_id = await prompts.make()
    extra = {"key": "style", "title": "Style", "question": "Is it plain?"}
    asked = {**CRITERIA[0], "question": "Would a test fail today?"}
    await prompts.write(prompt_id, "You review code.\nBe kind.", criteria=[extra, asked])
    found = (await prompts.call("GET", f"/{prompt_id}/diff?from_version=1")).json()
    assert (found["from_version"], found["to_version"]) == (1, 2)
    assert {(one["key"], one["kind"]) for one in found["criteria"]} == {
        ("names", "removed"),
        ("style", "added"),
        ("tests", "changed"),
    }
    lines = found["diff"].splitlines()
    assert {"-Be fair.", "+Be kind.", "+## Style (style)", "+Would a test fail today?"} <= set(
        lines
    )
    same = await prompts.call("GET", f"/{prompt_id}/diff?from_version=2&to_version=2")
    assert (same.json()["criteria"], same.json()["diff"]) == ([], "")


async def test_f11_criteria_that_change_places_have_moved(prompts: Prompts) -> None:
    prompt_id = await prompts.make()
    await prompts.write(prompt_id, "You review code.\nBe fair.", criteria=CRITERIA[::-1])
    found = (await prompts.call("GET", f"/{prompt_id}/diff?from_version=1")).json()
    assert {(one["key"], one["kind"]) for one in found["criteria"]} == {
        ("names", "moved"),
        ("tests", "moved"),
    }


@pytest.mark.parametrize(
    "change",
    [
        update(PromptVersion).values(content="Something else"),
        delete(PromptVersion),
        text("TRUNCATE prompt_versions CASCADE"),
    ],
)
async def test_f11_postgresql_itself_refuses_to_change_a_version(
    prompts: Prompts, session: AsyncSession, change: Any
) -> None:
    await prompts.make()
    with pytest.raises(DBAPIError, match="only ever added"):
        await session.execute(change)


async def test_f1_a_label_points_to_a_version_that_there_is(
    prompts: Prompts, session: AsyncSession
) -> None:
    prompt_id = await prompts.make()
    session.add(PromptLabel(prompt_id=UUID(prompt_id), name="staging", version=5))
    with pytest.raises(IntegrityError, match="fk_prompt_labels"):
        await session.flush()


@pytest.mark.committed
async def test_f11_versions_made_at_the_same_time_have_different_numbers(
    prompts: Prompts,
) -> None:
    prompt_id = await prompts.make()
    answers = await asyncio.gather(*(prompts.write(prompt_id, f"Words {n}") for n in range(12)))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 14))


async def test_f8_performance_a_prompts_routes_cost_few_statements(
    prompts: Prompts, running: Running, queries: QueryCounter
) -> None:
    prompt_id = await prompts.make()
    await prompts.call("GET", f"/{prompt_id}")
    for path, most in [
        ("", 2),  # and one for the labels of all
        (f"/{prompt_id}", 2),
        (f"/{prompt_id}/versions", 3),
        (f"/{prompt_id}/versions/1", 3),
        (f"/{prompt_id}/labels/production", 1),
    ]:
        with queries.at_most(most + 1):  # and one to know who is calling
            assert (await prompts.call("GET", path)).status_code == 200
