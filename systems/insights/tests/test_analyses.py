"""F10: analyses, from the queue to their one result, whoever judges and whatever fails."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
from analysing import judged, make_prompt, make_upload, results
from docx import Document
from people import SignedIn, SignIn
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.models import AnalysisPart, AnalysisResult, User
from app.services.credit_service import ledger
from padstone.credits import audit
from padstone.jobs import run_waiting
from padstone.providers import open_providers
from padstone.testing.running import Running
from padstone.testing.upstreams import Upstreams

PATH = "/api/v1/analyses"
QUOTING = {"judge": "double?quote=1"}


class Desk:
    """A QA person at work, with models of the test's own."""

    def __init__(
        self, running: Running, client: httpx2.AsyncClient, session: AsyncSession, me: SignedIn
    ) -> None:
        self.running = running
        self.client = client
        self.session = session
        self.me = me

    async def upload(self, **options: Any) -> UUID:
        storage = self.running.state["storage"]
        return (await make_upload(self.session, storage, self.me.user.id, **options)).id

    async def begin(self, upload_id: UUID, prompt_id: UUID, **more: Any) -> dict[str, Any]:
        answer = await self.post(
            PATH,
            {
                "name": "Release",
                "upload_id": str(upload_id),
                "prompts": [{"prompt_id": str(prompt_id)}],
                **more,
            },
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def post(self, path: str, body: Any = None) -> httpx2.Response:
        return await self.client.post(path, json=body, headers=self.me.headers)

    async def put(self, path: str, body: Any) -> httpx2.Response:
        return await self.client.put(path, json=body, headers=self.me.headers)

    async def get(self, path: str) -> Any:
        answer = await self.client.get(path, headers=self.me.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def work(self, *, raises: bool = True) -> None:
        """Does what waits, and what was put off."""
        jobs = self.running.app.plan.jobs
        assert jobs is not None
        await run_waiting(jobs, self.running.state, delayed=True, raises=raises)

    async def results(self, analysis: Mapping[str, Any]) -> list[dict[str, Any]]:
        return list(await self.get(f"{PATH}/{analysis['id']}/results"))

    async def events(self, analysis: Mapping[str, Any], **headers: str) -> list[dict[str, str]]:
        answer = await self.client.get(
            f"{PATH}/{analysis['id']}/events", headers={**self.me.headers, **headers}
        )
        assert answer.status_code == 200, answer.text
        blocks = [block for block in answer.text.split("\n\n") if "data:" in block]
        return [
            dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            for block in blocks
        ]

    async def balance(self) -> int:
        found = await self.session.scalar(
            select(User.credits_balance_micros)
            .where(User.id == self.me.user.id)
            .execution_options(populate_existing=True)
        )
        return found or 0


MakeDesk = Callable[..., Any]


@pytest_asyncio.fixture
async def make_desk(
    running: Running, session: AsyncSession, signed_in: SignIn, upstreams: Upstreams
) -> AsyncIterator[MakeDesk]:
    async with AsyncExitStack() as stack:

        async def make(models: Mapping[str, str] | None = None, **settings: Any) -> Desk:
            if models is not None:
                entry = {
                    "name": "upstream",
                    "kind": "openai",
                    "base_url": upstreams.openai_url,
                    "key": upstreams.KEY,
                    "models": dict(models),
                }
                settings["PROVIDERS"] = json.dumps([entry])
            own = Settings(**{**running.state["settings"].model_dump(), **settings})
            router = await stack.enter_async_context(open_providers(own))
            mine = Running(running.app, {**running.state, "settings": own, "providers": router})
            client = await stack.enter_async_context(mine.client())
            return Desk(mine, client, session, await signed_in())

        yield make


@pytest.fixture
async def desk(make_desk: MakeDesk) -> Desk:
    made = await make_desk(QUOTING)
    assert isinstance(made, Desk)
    return made


async def test_f10_an_analysis_is_judged(desk: Desk) -> None:
    prompt, version = await make_prompt(desk.session)
    said = results(
        judged(
            "tests",
            "not_met",
            20,
            findings=[{"severity": "major", "path": "a.py", "line": 3, "text": "No tests."}],
        ),
        judged("names"),
    )
    begun = await desk.begin(await desk.upload(), prompt.id, instructions=f"⟦{said}⟧")
    assert begun["status"] == "queued"
    assert begun["model"] == "judge"
    assert begun["prompts"] == [
        {
            "position": 0,
            "prompt_version": {"id": str(version.id), "prompt_id": str(prompt.id), "version": 1},
        }
    ]
    assert await desk.results(begun) == []
    await desk.work()
    done = await desk.get(f"{PATH}/{begun['id']}")
    assert (done["status"], done["progress"]) == ("succeeded", 100)
    assert done["started_at"] <= done["finished_at"]
    assert done["prompt_tokens"] > 0 < done["completion_tokens"]
    found = await desk.results(begun)
    assert [(one["criterion"], one["verdict"], one["score"]) for one in found] == [
        ("tests", "not_met", 20),
        ("names", "met", 90),
    ]
    assert found[0]["judged_by"] == "model"
    assert found[0]["findings"] == [
        {"severity": "major", "path": "a.py", "line": 3, "text": "No tests."}
    ]


async def test_f10_the_offline_model_says_that_nothing_was_judged(make_desk: MakeDesk) -> None:
    desk = await make_desk()
    prompt, _ = await make_prompt(desk.session)
    begun = await desk.begin(await desk.upload(), prompt.id)
    assert begun["model"] == "echo"
    await desk.work()
    assert (await desk.get(f"{PATH}/{begun['id']}"))["status"] == "succeeded"
    for one in await desk.results(begun):
        assert (one["verdict"], one["score"]) == ("not_applicable", None)
        assert one["summary"] == "Not judged."


async def test_f10_files_are_read_in_pieces_and_judged_together(make_desk: MakeDesk) -> None:
    desk = await make_desk(QUOTING, ANALYSIS_PIECE_CHARACTERS=1_000)
    prompt, _ = await make_prompt(desk.session, criteria=["tests"])
    files = {}
    for number, verdict, score in ((1, "met", 100), (2, "not_met", 0), (3, "not_applicable", None)):
        said = results(judged("tests", verdict, score, summary=f"Piece {number}."))
        files[f"{number}.py"] = f"⟦{said}⟧".ljust(900, "#") + "\n"
    begun = await desk.begin(await desk.upload(files=files), prompt.id)
    await desk.work()
    (result,) = await desk.results(begun)
    assert (result["verdict"], result["score"]) == ("partly_met", 50)
    assert result["summary"] == "Piece 1.\n\nPiece 2."
    kinds = [event["event"] for event in await desk.events(begun)]
    assert kinds == ["queued", "started", "progress", "progress", "succeeded"]


@pytest.mark.committed
async def test_f10_progress_is_followed_from_where_one_was(make_desk: MakeDesk) -> None:
    desk = await make_desk(QUOTING, STREAM_MAX_SECONDS=60)
    prompt, _ = await make_prompt(desk.session)
    begun = await desk.begin(await desk.upload(), prompt.id, instructions=f"⟦{results()}⟧")
    following = asyncio.create_task(desk.events(begun))
    await asyncio.sleep(0)
    await desk.work()
    events = await following
    assert [event["event"] for event in events] == ["queued", "started", "succeeded"]
    assert [event["id"] for event in events] == ["1", "2", "3"]
    assert json.loads(events[-1]["data"]) == {
        "status": "succeeded",
        "progress": 100,
        "attempt": 1,
        "detail": None,
    }
    rest = await desk.events(begun, **{"Last-Event-ID": "2"})
    assert [event["event"] for event in rest] == ["succeeded"]
    assert await desk.events(begun, **{"Last-Event-ID": "3"}) == []


async def test_f10_an_answer_that_cannot_be_used_is_asked_for_again_and_fails(
    make_desk: MakeDesk,
) -> None:
    desk = await make_desk({"judge": "double?tokens=5"})
    prompt, _ = await make_prompt(desk.session)
    begun = await desk.begin(await desk.upload(), prompt.id)
    for _ in range(6):
        await desk.work(raises=False)
    failed = await desk.get(f"{PATH}/{begun['id']}")
    assert (failed["status"], failed["error_code"]) == ("failed", "answer_unusable")
    assert failed["error"] == "The model's answer was not in the agreed form."
    assert [event["event"] for event in await desk.events(begun)][-1] == "failed"
    assert await desk.results(begun) == []


async def test_f10_a_failed_analysis_is_tried_again_from_where_it_stood(
    make_desk: MakeDesk, upstreams: Upstreams
) -> None:
    tag = uuid4().hex
    model = {"judge": f"double?quote=1&status=500&times=10&tag={tag}"}
    desk = await make_desk(model, ANALYSIS_PIECE_CHARACTERS=1_000, PROVIDER_ATTEMPTS=1)
    prompt, _ = await make_prompt(desk.session, criteria=["tests"])
    said = f"⟦{results(judged('tests'))}⟧".ljust(900, "#")
    upload = await desk.upload(files={f"{number}.py": said for number in (1, 2)})
    begun = await desk.begin(upload, prompt.id)
    assert (await desk.post(f"{PATH}/{begun['id']}/retry")).status_code == 409
    for _ in range(6):
        await desk.work(raises=False)
    failed = await desk.get(f"{PATH}/{begun['id']}")
    assert (failed["status"], failed["error_code"]) == ("failed", "provider_unavailable")
    again = (await desk.post(f"{PATH}/{begun['id']}/retry")).json()
    assert (again["status"], again["attempt"], again["error"]) == ("queued", 2, None)
    for _ in range(3):
        await desk.work(raises=False)
    assert (await desk.get(f"{PATH}/{begun['id']}"))["status"] == "succeeded"
    assert len(await desk.results(begun)) == 1
    events = await desk.events(begun)
    assert [event["event"] for event in events][-4:] != []
    assert events[-1]["event"] == "succeeded", (
        "a reader of all of it sees the failure and what came"
    )
    assert "failed" in [event["event"] for event in events]


async def test_f10_a_cancelled_analysis_stays_so(desk: Desk) -> None:
    prompt, _ = await make_prompt(desk.session)
    begun = await desk.begin(await desk.upload(), prompt.id, instructions=f"⟦{results()}⟧")
    cancelled = (await desk.post(f"{PATH}/{begun['id']}/cancel")).json()
    assert cancelled["status"] == "cancelled"
    await desk.work()
    assert (await desk.get(f"{PATH}/{begun['id']}"))["status"] == "cancelled"
    assert await desk.results(begun) == []
    for step in ("cancel", "retry", "take-over", "finish"):
        assert (await desk.post(f"{PATH}/{begun['id']}/{step}")).status_code == 409, step


async def test_f10_a_person_judges_where_no_model_does(desk: Desk) -> None:
    prompt, version = await make_prompt(desk.session)
    begun = await desk.begin(await desk.upload(), prompt.id, mode="manual", model="judge")
    assert (begun["status"], begun["mode"], begun["model"]) == ("running", "manual", None)
    path = f"{PATH}/{begun['id']}/results/{version.id}"
    entered = {"verdict": "met", "score": 80, "summary": "Looked at by hand."}
    first = await desk.put(f"{path}/tests", entered)
    assert first.status_code == 200, first.text
    assert first.json()["user_id"] == str(desk.me.user.id)
    assert (await desk.get(f"{PATH}/{begun['id']}"))["progress"] == 50
    early = await desk.post(f"{PATH}/{begun['id']}/finish")
    assert early.status_code == 409
    assert [one["field"] for one in early.json()["errors"]] == [f"results.{version.id}.names"]
    assert (await desk.put(f"{path}/colours", entered)).status_code == 404
    assert (await desk.put(f"{path}/names", {**entered, "verdict": "not_met"})).status_code == 200
    assert (await desk.put(f"{path}/names", {**entered, "verdict": "met"})).status_code == 200
    finished = (await desk.post(f"{PATH}/{begun['id']}/finish")).json()
    assert (finished["status"], finished["progress"]) == ("succeeded", 100)
    assert [one["verdict"] for one in await desk.results(begun)] == ["met", "met"]
    assert (await desk.put(f"{path}/tests", entered)).status_code == 409


async def test_f10_a_person_takes_over_from_a_model_that_does_not_answer(desk: Desk) -> None:
    prompt, version = await make_prompt(desk.session, criteria=["tests"])
    begun = await desk.begin(await desk.upload(), prompt.id)
    path = f"{PATH}/{begun['id']}/results/{version.id}/tests"
    entered = {"verdict": "met", "summary": "By hand."}
    refused = await desk.put(path, entered)
    assert (refused.status_code, refused.json()["code"]) == (409, "analysis_not_manual")
    taken = (await desk.post(f"{PATH}/{begun['id']}/take-over")).json()
    assert (taken["status"], taken["mode"], taken["attempt"]) == ("running", "manual", 2)
    await desk.work()  # the job that waited for the model finds that nobody wants it
    assert (await desk.put(path, entered)).status_code == 200
    assert (await desk.post(f"{PATH}/{begun['id']}/finish")).json()["status"] == "succeeded"
    (result,) = await desk.results(begun)
    assert (result["judged_by"], result["summary"]) == ("manual", "By hand.")


async def test_f10_what_cannot_be_judged_is_refused(desk: Desk, signed_in: SignIn) -> None:
    prompt, _ = await make_prompt(desk.session)
    upload = await desk.upload()
    body = {"name": "x", "upload_id": str(upload), "prompts": [{"prompt_id": str(prompt.id)}]}

    async def refused(**changes: Any) -> tuple[int, str, list[str]]:
        answer = await desk.post(PATH, {**body, **changes})
        said = answer.json()
        return answer.status_code, said["code"], [one["field"] for one in said["errors"]]

    assert await refused(model="gpt-99") == (409, "no_model", [])
    assert await refused(upload_id=str(await desk.upload(files={}))) == (409, "nothing_to_read", [])
    other = await signed_in()
    foreign = await make_upload(desk.session, desk.running.state["storage"], other.user.id)
    for missing in (str(foreign.id), str(uuid4())):
        assert await refused(upload_id=missing) == (422, "validation_failed", ["body.upload_id"])
    wrong = [{"prompt_id": str(prompt.id), "version": 9}, {"prompt_id": str(uuid4())}]
    assert await refused(prompts=wrong) == (
        422,
        "validation_failed",
        ["body.prompts.0", "body.prompts.1"],
    )
    twice = await refused(prompts=body["prompts"] * 2)
    assert twice[0] == 422
    both = await refused(
        prompts=[{"prompt_id": str(prompt.id), "version": 1, "label": "production"}]
    )
    assert both[0] == 422


async def test_f10_no_text_is_a_failure_that_says_so(desk: Desk) -> None:
    prompt, _ = await make_prompt(desk.session)
    begun = await desk.begin(await desk.upload(files={"a.bin": b"\xff\xfe\0"}), prompt.id)
    await desk.work()
    failed = await desk.get(f"{PATH}/{begun['id']}")
    assert (failed["status"], failed["error_code"]) == ("failed", "nothing_to_read")


async def test_f10_what_was_used_is_paid_once_and_the_rest_comes_back(
    make_desk: MakeDesk, admin: SignedIn
) -> None:
    desk = await make_desk(
        QUOTING, ANALYSIS_PROMPT_PRICE_MICROS=1_000_000, ANALYSIS_COMPLETION_PRICE_MICROS=2_000_000
    )
    prompt, _ = await make_prompt(desk.session, criteria=["tests"])
    upload = await desk.upload()
    body = {
        "name": "x",
        "upload_id": str(upload),
        "prompts": [{"prompt_id": str(prompt.id)}],
        "instructions": f"⟦{results(judged('tests'))}⟧",
    }
    refused = await desk.post(PATH, body)
    assert (refused.status_code, refused.json()["code"]) == (402, "insufficient_credits")
    granted = {"amount_micros": 100_000_000, "key": "start", "reference": "Budget"}
    path = f"/api/v1/users/{desk.me.user.id}/credits"
    for _ in range(2):
        given = await desk.client.post(path, json=granted, headers=admin.headers)
        assert given.status_code == 201, given.text
    assert await desk.get("/api/v1/credits") == {
        "balance_micros": 100_000_000,
        "held_micros": 0,
    }
    begun = (await desk.post(PATH, body)).json()
    assert await desk.balance() < 100_000_000, "the most that it can cost is set aside"
    await desk.work()
    done = await desk.get(f"{PATH}/{begun['id']}")
    assert done["charged_micros"] == done["prompt_tokens"] + 2 * done["completion_tokens"] > 0
    assert await desk.balance() == 100_000_000 - done["charged_micros"]
    await desk.work()
    assert await desk.balance() == 100_000_000 - done["charged_micros"]
    gone = (await desk.post(PATH, body)).json()
    await desk.post(f"{PATH}/{gone['id']}/cancel")
    assert await desk.balance() == 100_000_000 - done["charged_micros"]
    kinds = [one["kind"] for one in (await desk.get("/api/v1/credits/entries"))["items"]]
    assert kinds == ["release", "hold", "capture", "hold", "grant"]
    assert await audit(desk.session, ledger) == []


async def test_f10_a_deleted_analysis_is_not_judged_any_more(desk: Desk) -> None:
    prompt, _ = await make_prompt(desk.session)
    begun = await desk.begin(await desk.upload(), prompt.id)
    gone = await desk.client.delete(f"{PATH}/{begun['id']}", headers=desk.me.headers)
    assert gone.status_code == 204, gone.text
    await desk.work()
    counted = await desk.session.scalar(select(func.count()).select_from(AnalysisResult))
    assert counted == 0
    answered = select(func.count(AnalysisPart.answered_at))
    assert await desk.session.scalar(answered) == 0


async def test_f10_an_idempotency_key_begins_one(desk: Desk) -> None:
    prompt, _ = await make_prompt(desk.session)
    body = {
        "name": "x",
        "upload_id": str(await desk.upload()),
        "prompts": [{"prompt_id": str(prompt.id)}],
    }
    headers = {**desk.me.headers, "Idempotency-Key": uuid4().hex}
    first, second = [await desk.client.post(PATH, json=body, headers=headers) for _ in range(2)]
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert len((await desk.get(PATH))["items"]) == 1


async def test_f10_the_models_that_may_judge_are_listed(make_desk: MakeDesk) -> None:
    desk = await make_desk({"a": "double?tag=1", "b": "double?tag=2"})
    assert await desk.get("/api/v1/models") == {"items": ["a", "b"], "default": "a"}
    await desk.put("/api/v1/configurations/analysis.default_model", {"value": "b"})
    assert (await desk.get("/api/v1/models"))["default"] == "b"


def pdf(line: str) -> bytes:
    made = BytesIO()
    page = Canvas(made)
    page.drawString(72, 720, line)
    page.save()
    return made.getvalue()


def docx(line: str) -> bytes:
    made, document = BytesIO(), Document()
    document.add_paragraph(line)
    document.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("media_type", "make"),
    [
        ("application/pdf", pdf),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx),
    ],
)
async def test_f10_documents_are_read_too(
    desk: Desk, upstreams: Upstreams, media_type: str, make: Callable[[str], bytes]
) -> None:
    prompt, _ = await make_prompt(desk.session, criteria=["tests"])
    line = f"A buyer may send back for 30 days. {uuid4().hex}"
    upload = await desk.upload(files={"rules": make(line)}, media_type=media_type)
    begun = await desk.begin(upload, prompt.id, instructions=f"⟦{results()}⟧")
    await desk.work()
    assert (await desk.get(f"{PATH}/{begun['id']}"))["status"] == "succeeded"
    asked = [str(one.body["messages"][1]["content"]) for one in await upstreams.produced()]
    assert [text for text in asked if line in text] == [f"=== rules\n    1  {line}"]
