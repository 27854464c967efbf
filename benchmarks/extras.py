"""What each extra costs: its packages, their size on the disk, and the time of their import.

``python benchmarks/extras.py`` makes an environment from the lock for each, without development's
own packages, and writes ``benchmarks/extras.json``, of which ``docs/reference/extras.md`` is made.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from machine import describe

from padstone.extras import EXTRAS

HOUSE = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).with_name("extras.json")
RUNS = 3

# The package's own import comes first, so that an extra is charged with what it adds. Processor
# time, since an import waits for little else, and other work on the machine must not count.
IMPORT = """
import sys, time
from importlib import import_module
started = time.process_time()
import padstone.app
own = time.process_time() - started
for name in sys.argv[1:]:
    import_module(name)
print(own, time.process_time() - started - own)
"""
SIZE = """
import json
from importlib.metadata import distributions
found = {one.name: one for one in distributions()}
files = [file.locate() for one in found.values() for file in one.files or ()]
sizes = [file.stat().st_size for file in files if file.suffix != ".pyc" and file.is_file()]
print(json.dumps([sorted(found), sum(sizes)]))
"""


def installed(folder: Path, *extras: str) -> Path:
    """The Python of a new environment that has the package and these extras."""
    uv = os.environ.get("UV", str(HOUSE / ".tools" / "uv" / "bin" / "uv"))
    options = [word for extra in extras for word in ("--extra", extra)]
    subprocess.run(  # noqa: S603
        [uv, "sync", "--frozen", "--no-default-groups", "--no-editable", "--quiet", *options],
        cwd=HOUSE,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(folder), "UV_PYTHON": sys.executable},
        check=True,
    )
    return folder / "bin" / "python"


def said(python: Path, code: str, *arguments: str) -> str:
    """What a process in an empty folder prints."""
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(  # noqa: S603
            [python, "-c", code, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        ).stdout


def imported(python: Path, modules: list[str]) -> tuple[float, float]:
    """The medians for the package itself and for ``modules`` after it, in seconds."""
    said(python, IMPORT, *modules)  # the first one compiles
    times = [[*map(float, said(python, IMPORT, *modules).split())] for _ in range(RUNS)]
    own, more = zip(*times, strict=True)
    return statistics.median(own), statistics.median(more)


# What is imported when it is asked for: the first user, the first job.
ON_DEMAND = {
    "jobs": ["pgqueuer.adapters.persistence.queries"],
    "users": ["padstone.auth.users.mailing", "padstone.auth.users.routes"],
}


def modules_of(name: str) -> list[str]:
    """What a system that uses the extra imports sooner or later: its rooms and its packages."""
    rooms = [room for room in EXTRAS[name].rooms if not room.startswith(("cli.", "testing."))]
    return [
        *(f"padstone.{room}" for room in rooms),
        *EXTRAS[name].modules,
        *ON_DEMAND.get(name, []),
    ]


def measure() -> dict[str, Any]:
    """The numbers of the package alone, of each extra beside it, and of all of them."""
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        python = installed(Path(folder) / "alone")
        names, size = json.loads(said(python, SIZE))
        seconds, _ = imported(python, [])
        results["alone"] = {"packages": len(names), "bytes": size, "seconds": seconds}
        for extra in (*EXTRAS, "all"):
            python = installed(Path(folder) / extra, extra)
            more, bigger = json.loads(said(python, SIZE))
            every = [one for one in EXTRAS if one not in {"dev", "test"}]
            used = every if extra == "all" else [extra]
            wanted = [module for one in used for module in modules_of(one)]
            _, seconds = imported(python, wanted)
            results[extra] = {
                "added": sorted(set(more) - set(names)),
                "bytes": bigger - size,
                "seconds": seconds,
            }
            print(extra, results[extra], flush=True)
    return results


def main() -> None:
    """Measures and writes."""
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    found = {"machine": describe(), "python": python, "runs": RUNS, "extras": measure()}
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
