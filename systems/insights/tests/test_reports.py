"""F12: reports as files, and what has changed between two analyses."""

from typing import Any

import httpx2
import pytest
from analysing import make_prompt, make_upload
from people import SignedIn
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Prompt, PromptVersion
from padstone.testing.running import Running

PATH = "/api/v1/analyses"
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) | a\n# b `c` ![i](https://evil.example/p.png)"


@pytest.fixture
async def prompt(session: AsyncSession) -> tuple[Prompt, PromptVersion]:
    return await make_prompt(session, criteria=["tests", "names"])


class Author:
    """Somebody who judges by hand."""

    def __init__(self, client: httpx2.AsyncClient, me: SignedIn, upload_id: Any) -> None:
        self.client, self.me, self.upload_id = client, me, upload_id

    async def judge(
        self, prompt: tuple[Prompt, PromptVersion], name: str = "Release 2.4", **entered: Any
    ) -> str:
        body = {
            "name": name,
            "upload_id": str(self.upload_id),
            "prompts": [{"prompt_id": str(prompt[0].id)}],
            "mode": "manual",
        }
        begun = (await self.client.post(PATH, json=body, headers=self.me.headers)).json()
        for criterion, result in entered.items():
            path = f"{PATH}/{begun['id']}/results/{prompt[1].id}/{criterion}"
            answer = await self.client.put(
                path, json={"summary": "Seen.", **result}, headers=self.me.headers
            )
            assert answer.status_code == 200, answer.text
        return str(begun["id"])

    async def report(self, analysis_id: str, query: str = "") -> httpx2.Response:
        path = f"{PATH}/{analysis_id}/report{query}"
        answer = await self.client.get(path, headers=self.me.headers)
        assert answer.status_code == 200, answer.text
        return answer


@pytest.fixture
async def author(
    client: httpx2.AsyncClient, session: AsyncSession, running: Running, analyst: SignedIn
) -> Author:
    upload = await make_upload(session, running.state["storage"], analyst.user.id)
    return Author(client, analyst, upload.id)


FINDING = {"severity": "critical", "path": "app/orders.py", "line": 2, "text": "A float for money."}


async def test_f12_a_report_in_markdown(author: Author, prompt: Any) -> None:
    tests = {"verdict": "partly_met", "score": 40, "summary": "One test.", "findings": [FINDING]}
    report = await author.report(await author.judge(prompt, tests=tests))
    assert report.headers["content-type"] == "text/markdown; charset=utf-8"
    assert report.headers["content-disposition"] == 'attachment; filename="release-2-4.md"'
    lines = report.text.splitlines()
    assert lines[0] == r"# Release 2\.4"
    assert "| Judged by | a person |" in lines
    assert "| Files | 2 |" in lines
    assert "| Quality | Tests | partly met | 40 | 1 |" in lines
    assert "### Tests: partly met (40 of 100)" in lines
    assert r"- **Critical**, `app/orders.py`, line 2: A float for money\." in lines
    assert "\n\n\n" not in report.text


async def test_f12_a_report_as_a_page(author: Author, prompt: Any) -> None:
    tests = {"verdict": "met", "score": 100, "findings": [FINDING]}
    report = await author.report(await author.judge(prompt, tests=tests), "?format=html")
    assert report.headers["content-type"] == "text/html; charset=utf-8"
    assert report.headers["content-disposition"] == 'attachment; filename="release-2-4.html"'
    assert "sandbox" in report.headers["content-security-policy"]
    assert "<h1>Release 2.4</h1>" in report.text
    assert "<td>Quality</td>" in report.text
    assert "<strong>Critical</strong>, <code>app/orders.py</code>, line 2" in report.text


async def test_f12_nothing_that_was_written_becomes_markup(author: Author, prompt: Any) -> None:
    hostile = {
        "verdict": "met",
        "summary": HOSTILE,
        "findings": [{"severity": "info", "path": HOSTILE[:200], "text": HOSTILE}],
    }
    analysis = await author.judge(prompt, name=HOSTILE.splitlines()[0], tests=hostile)
    page = (await author.report(analysis, "?format=html")).text
    for markup in ("<script", "<img", "<a ", 'javascript:alert(1)"', "<h1>b"):
        assert markup not in page, markup
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert page.count("<h1>") == 1


async def test_f12_the_configured_form_is_the_default(author: Author, prompt: Any) -> None:
    analysis = await author.judge(prompt)
    key = "/api/v1/configurations/report.format"
    await author.client.put(key, json={"value": "html"}, headers=author.me.headers)
    assert (await author.report(analysis)).headers["content-type"].startswith("text/html")
    markdown = await author.report(analysis, "?format=markdown")
    assert markdown.headers["content-type"].startswith("text/markdown")


async def test_f12_two_analyses_are_compared(author: Author, prompt: Any) -> None:
    moved = {**FINDING, "line": 90}
    other = {**FINDING, "text": "A name is misleading."}
    before = await author.judge(
        prompt,
        tests={"verdict": "not_met", "score": 10, "findings": [FINDING, other]},
        names={"verdict": "met", "score": 90},
    )
    new = {**FINDING, "text": "A test is skipped."}
    after = await author.judge(
        prompt,
        tests={"verdict": "partly_met", "score": 50, "findings": [moved, new]},
        names={"verdict": "met", "score": 70},
    )
    path = f"{PATH}/{after}/comparison?before={before}"
    answer = await author.client.get(path, headers=author.me.headers)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["better"], said["worse"]) == (1, 1)
    tests, names = said["criteria"]
    assert (tests["change"], tests["before"], tests["after"]) == ("better", "not_met", "partly_met")
    assert [one["text"] for one in tests["new_findings"]] == ["A test is skipped."]
    assert [one["text"] for one in tests["gone_findings"]] == ["A name is misleading."]
    assert (names["change"], names["score_before"], names["score_after"]) == ("worse", 90, 70)


async def test_f12_what_only_one_has_was_added_or_removed(
    author: Author, prompt: Any, session: AsyncSession
) -> None:
    before = await author.judge(prompt, tests={"verdict": "met"})
    after = await author.judge(prompt, names={"verdict": "met"})
    path = f"{PATH}/{after}/comparison?before={before}"
    said = (await author.client.get(path, headers=author.me.headers)).json()
    assert [(one["criterion"], one["change"]) for one in said["criteria"]] == [
        ("names", "added"),
        ("tests", "removed"),
    ]
    assert (said["better"], said["worse"]) == (0, 0)


async def test_f12_anothers_analysis_cannot_be_compared_with(
    author: Author, prompt: Any, admin: SignedIn
) -> None:
    analysis = await author.judge(prompt)
    path = f"{PATH}/{analysis}/comparison?before={analysis}"
    assert (await author.client.get(path, headers=author.me.headers)).status_code == 200
    assert (await author.client.get(path, headers=admin.headers)).status_code == 404
