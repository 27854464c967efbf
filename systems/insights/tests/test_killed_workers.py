"""F10: whatever happens to the workers, an analysis has one result and is paid once.

``ANALYSES=200 pytest tests/test_killed_workers.py`` proves it at full length.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from analysing import judged, make_prompt, make_upload, results
from people import SignIn
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.models import Analysis, AnalysisPart, AnalysisPrompt, AnalysisResult, CreditEntry, User
from app.services import analysis_jobs
from app.services import analysis_service as service
from app.services.analysis_costs import reserve
from app.services.credit_service import ledger
from padstone.cli.dev.forks import Forked, Forks
from padstone.credits import audit
from padstone.ids import new_id
from padstone.testing.processes import bare_environment
from padstone.testing.running import Running
from padstone.testing.system_fixtures import environment_of
from padstone.testing.upstreams import Upstreams

COUNT = int(os.environ.get("ANALYSES", "5"))
FULL_LENGTH = 50
EVERY = 2.0  # seconds between two kills
PRICES = {
    "ANALYSIS_PROMPT_PRICE_MICROS": "1000000",
    "ANALYSIS_COMPLETION_PRICE_MICROS": "2000000",
    "ANALYSIS_PIECE_CHARACTERS": "1000",
}

StartWorker = Callable[[], Awaitable[Forked]]


@pytest_asyncio.fixture
async def start_worker(
    cloned_settings: Settings,
    system_folder: Path,
    upstreams: Upstreams,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[StartWorker]:
    provider = {
        "name": "upstream",
        "kind": "openai",
        "base_url": upstreams.openai_url,
        "key": upstreams.KEY,
        "models": {"judge": "double?quote=1&wait=0.2"},
    }
    environment = {
        **environment_of(cloned_settings),
        **PRICES,
        "PROVIDERS": json.dumps([provider]),
        "LOG_LEVEL": "WARNING",
        "JOBS_LEASE_SECONDS": "3",
    }
    for name in set(os.environ) - set(bare_environment()):
        monkeypatch.delenv(name)
    for name, value in bare_environment(**environment).items():
        monkeypatch.setenv(name, value)
    # Forked, since importing all that a worker needs takes longer than it is let live.
    forks, started = Forks(), []

    async def start() -> Forked:
        process = await forks.start(system_folder, ["worker"])
        started.append((process, asyncio.create_task(_drain(process))))
        return process

    yield start
    for process, draining in started:
        process.kill()
        await process.wait()
        await draining
        process.close()
    forks.close()


async def _drain(process: Forked) -> None:
    while line := await process.stdout.readline():
        sys.stderr.write(line.decode(errors="replace"))


async def begin(
    session: AsyncSession, settings: Settings, user: User, upload_id: UUID, version_id: UUID
) -> None:
    """As the route does, for a model that only the workers have."""
    said = results(judged("tests", score=70))
    analysis = Analysis(
        id=new_id(),
        user_id=user.id,
        upload_id=upload_id,
        name="killed",
        mode="model",
        model="judge",
        instructions=f"⟦{said}⟧",
        attempt=1,
        prompts=[AnalysisPrompt(prompt_version_id=version_id, position=0)],
    )
    session.add(analysis)
    await session.flush()
    await session.refresh(analysis)
    await reserve(session, analysis, settings)
    await analysis_jobs.begin(session, analysis)
    await service.tell(session, analysis, "queued")


@pytest.mark.committed
async def test_f10_killed_workers_leave_one_result_that_is_paid_once(
    running: Running, session: AsyncSession, signed_in: SignIn, start_worker: StartWorker
) -> None:
    own = {name: int(value) for name, value in PRICES.items()}
    settings = Settings(**{**running.state["settings"].model_dump(), **own})
    user = (await signed_in()).user
    _, version = await make_prompt(session, criteria=["tests"])
    text = "".join(f"line {number} of a file\n" for number in range(90))
    upload = await make_upload(session, running.state["storage"], user.id, {"a.py": text})
    granted = 10_000_000 * COUNT
    await ledger.grant(session, user.id, granted, key="start")
    for _ in range(COUNT):
        await begin(session, settings, user, upload.id, version.id)
    await session.commit()

    kills = await kill_until_done(session, start_worker)

    assert kills >= 1
    analyses = (await session.scalars(select(Analysis))).all()
    assert {one.status for one in analyses} == {"succeeded"}
    by_analysis = select(func.count(AnalysisResult.id)).group_by(AnalysisResult.analysis_id)
    assert (await session.scalars(by_analysis)).all() == [1] * COUNT
    unanswered = select(func.count()).where(AnalysisPart.answered_at.is_(None))
    assert await session.scalar(unanswered) == 0
    captures = (
        await session.scalars(
            select(CreditEntry.amount_micros).where(CreditEntry.kind == "capture")
        )
    ).all()
    assert len(captures) == COUNT
    assert len(set(captures)) == 1, "each used the same, and nothing was counted twice"
    assert captures[0] == analyses[0].prompt_tokens + 2 * analyses[0].completion_tokens
    balance = await session.scalar(select(User.credits_balance_micros).where(User.id == user.id))
    assert balance == granted - sum(captures)
    assert await audit(session, ledger) == []


async def kill_until_done(session: AsyncSession, start_worker: StartWorker) -> int:
    """Kills one of the workers every two seconds; how often."""
    chance = random.Random(6)  # noqa: S311  # to be repeated
    workers = [await start_worker() for _ in range(2 if COUNT < FULL_LENGTH else 4)]
    kills, fate = 0, time.monotonic() + EVERY
    deadline = time.monotonic() + 240 + 2 * COUNT
    left = select(func.count()).where(Analysis.status.in_(["queued", "running"]))
    begun = select(func.count(AnalysisPart.answered_at))
    while await session.scalar(left):
        await session.commit()
        assert time.monotonic() < deadline, "it did not end in time"
        # The first one dies in the midst of it, however quick the others are.
        if time.monotonic() > fate and (kills or await session.scalar(begun)):
            victim = workers.pop(chance.randrange(len(workers)))
            victim.kill()
            workers.append(await start_worker())
            kills, fate = kills + 1, time.monotonic() + EVERY
        await asyncio.sleep(0.05)
    await session.commit()
    return kills
