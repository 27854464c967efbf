"""`make prove`: the promises at full length, one script after the other, and a table of results.

PROOF=rolling_restarts runs one of them. They need minutes, and a machine that does nothing else
makes those that measure sharper.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
PROOFS = ROOT / "tests" / "proofs"
# A script that proves more than one thing is run once for each.
VARIANTS = {"rolling_restarts": [["--by", "workers"], ["--by", "balancer"]]}
LONGEST_SECONDS = 3600


def prove(name: str, options: list[str]) -> tuple[bool, float, str]:
    """Runs one script: whether the promise held, in how many seconds, and what it said last."""
    began = time.monotonic()
    try:
        done = subprocess.run(  # noqa: S603
            [PYTHON, PROOFS / f"{name}.py", *options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
        held, said = done.returncode == 0, done.stdout
    except subprocess.TimeoutExpired:
        held, said = False, f"it was not done within {LONGEST_SECONDS} s"
    print(said.rstrip(), flush=True)
    lines = [line for line in said.splitlines() if line.strip()]
    return held, time.monotonic() - began, lines[-1] if lines else ""


def main() -> int:
    """Runs all of them, or the one that PROOF names; 1 where a promise is broken."""
    wanted = os.environ.get("PROOF")
    names = sorted(path.stem for path in PROOFS.glob("*.py"))
    if wanted and wanted not in names:
        print(f"error: there is no proof {wanted!r}; there are: {', '.join(names)}.")
        return 2
    rows = []
    for name in [wanted] if wanted else names:
        for options in VARIANTS.get(name, [[]]):
            print(f"\n{' '.join([name, *options])}", flush=True)
            rows.append((" ".join([name, *options]), *prove(name, options)))
    width = max(len(row[0]) for row in rows)
    print()
    for title, held, seconds, said in rows:
        print(f"{title:{width}}  {'held' if held else 'BROKEN':6}  {seconds:5.0f} s  {said}")
    return 0 if all(row[1] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
