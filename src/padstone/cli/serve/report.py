"""What a server under ``padstone dev`` does once it serves: it seeds, and says so."""

import json
import os
from collections.abc import Mapping
from typing import Any

from padstone.cli.database import database_settings, refuse_pending
from padstone.cli.seed import as_json, plant
from padstone.cli.serve.config import failing_in_the_log
from padstone.cli.system import System

__all__ = ["report"]


async def report(system: System, state: Mapping[str, Any], descriptor: int, *, seed: bool) -> None:
    """Seeds the system where that was asked for, and writes what came of it to ``descriptor``."""
    seeding = None
    if seed and system.app.plan.seed is not None:
        with failing_in_the_log("the first data cannot be written"):
            settings = database_settings(system)
            await refuse_pending(state["database"], settings)
            seeding = await plant(system, state["database"])
    jobs = system.app.plan.jobs
    with os.fdopen(descriptor, "w") as pipe:
        json.dump({**as_json(seeding), "tasks": len(jobs.tasks) if jobs else 0}, pipe)
