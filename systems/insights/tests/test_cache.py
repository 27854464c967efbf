"""F2: answers come from Redis until what they say has changed, and one process makes each."""

import asyncio
from typing import Any

import httpx2
import pytest
from people import SignedIn
from test_prompts import body

from padstone.testing.queries import QueryCounter

KNOWN = 1  # the statement that finds out who is calling


async def made(client: httpx2.AsyncClient, user: SignedIn) -> str:
    answer = await client.post("/api/v1/prompts", json=body(), headers=user.headers)
    return str(answer.json()["id"])


async def test_f2_a_labelled_version_costs_nothing_the_second_time(
    client: httpx2.AsyncClient, analyst: SignedIn, queries: QueryCounter
) -> None:
    url = f"/api/v1/prompts/{await made(client, analyst)}/labels/production"
    first = await client.get(url, headers=analyst.headers)
    with queries.at_most(KNOWN):
        again = await client.get(url, headers=analyst.headers)
    assert again.json() == first.json()


@pytest.mark.parametrize(
    ("method", "path", "content", "expected"),
    [
        ("PUT", "/labels/production", {"json": {"version": 2}}, (200, 2)),
        ("DELETE", "/labels/production", {}, (404, None)),
        ("DELETE", "", {}, (404, None)),
    ],
)
async def test_f2_what_changes_a_label_drops_what_was_kept(
    client: httpx2.AsyncClient,
    analyst: SignedIn,
    method: str,
    path: str,
    content: dict[str, Any],
    expected: tuple[int, int | None],
) -> None:
    prompt = f"/api/v1/prompts/{await made(client, analyst)}"
    client.headers.update(analyst.headers)
    words = {"content": "Other words", "criteria": body()["criteria"]}
    await client.post(f"{prompt}/versions", json=words)
    assert (await client.get(f"{prompt}/labels/production")).json()["version"] == 1
    assert (await client.request(method, prompt + path, **content)).is_success
    answer = await client.get(f"{prompt}/labels/production")
    assert (answer.status_code, answer.json().get("version")) == expected


async def test_f2_a_restored_prompts_label_is_there_again(
    client: httpx2.AsyncClient, analyst: SignedIn
) -> None:
    prompt = f"/api/v1/prompts/{await made(client, analyst)}"
    client.headers.update(analyst.headers)
    await client.delete(prompt)
    assert (await client.get(f"{prompt}/labels/production")).status_code == 404
    await client.post(f"{prompt}/restore")
    assert (await client.get(f"{prompt}/labels/production")).status_code == 200


async def test_f2_configurations_are_kept_until_a_change(
    client: httpx2.AsyncClient, analyst: SignedIn, admin: SignedIn, queries: QueryCounter
) -> None:
    async def language() -> str:
        answer = await client.get("/api/v1/configurations", headers=analyst.headers)
        values = {one["key"]: one["value"] for one in answer.json()["items"]}
        return str(values["analysis.language"])

    assert await language() == "en"
    with queries.at_most(KNOWN):
        await language()
    own, everybodys = (f"/api/v1/{of}configurations/analysis.language" for of in ("", "system-"))
    await client.put(everybodys, json={"value": "de"}, headers=admin.headers)
    assert await language() == "de"
    await client.put(own, json={"value": "fr"}, headers=analyst.headers)
    assert await language() == "fr"
    await client.delete(own, headers=analyst.headers)
    assert await language() == "de"
    await client.delete(everybodys, headers=admin.headers)
    assert await language() == "en"


@pytest.mark.committed
async def test_f2_of_many_who_ask_at_once_one_asks_the_database(
    client: httpx2.AsyncClient, analyst: SignedIn, queries: QueryCounter
) -> None:
    url = f"/api/v1/prompts/{await made(client, analyst)}/labels/production"
    with queries.counting() as seen:
        answers = await asyncio.gather(
            *(client.get(url, headers=analyst.headers) for _ in range(40))
        )
    assert {answer.status_code for answer in answers} == {200}
    assert len([one for one in seen if "FROM prompt_versions" in one]) == 1
