"""`make check`: everything that can be said about the code without running it."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
# A template is a system that nobody serves.
SYSTEMS = sorted(path.parents[1] for path in ROOT.glob("*/*/app/main.py"))

COMMAND_LINES = sorted(path.parent for path in ROOT.glob("systems/*/cli/pyproject.toml"))


class Check(NamedTuple):
    """A command, the folder it runs in, and what it is called in the table."""

    name: str
    command: tuple[str, ...]
    folder: Path = ROOT


class Outcome(NamedTuple):
    """What came of a check; ``note`` is its last line, where that says more than "ok"."""

    check: Check
    ok: bool
    seconds: float
    output: str


def checks() -> list[Check]:
    """The checks of the library, then those of each system."""
    listed = [
        Check("ruff check", ("ruff", "check", "--quiet", "--no-cache")),
        Check("ruff format", ("ruff", "format", "--check", "--quiet", "--no-cache")),
        Check("mypy", ("mypy",)),
        Check("import contracts", ("lint-imports",)),
        Check("dependency audit", ("python", ".ci/audit.py")),
    ]
    for folder in SYSTEMS:
        listed += [
            Check(f"{folder.name}: mypy", ("mypy", "app"), folder),
            Check(f"{folder.name}: import contracts", ("lint-imports",), folder),
            Check(f"{folder.name}: migrations", ("padstone", "db", "lint"), folder),
            Check(f"{folder.name}: .env.example", ("padstone", "settings", "--check"), folder),
        ]
        if "[tool.black]" in (folder / "pyproject.toml").read_text():
            listed.append(Check(f"{folder.name}: black", ("black", "--check", "-q", "."), folder))
    for folder in COMMAND_LINES:
        name = f"{folder.parent.name}-cli"
        listed += [
            Check(f"{name}: mypy", ("mypy",), folder),
            Check(f"{name}: import contracts", ("lint-imports",), folder),
        ]
    return listed


def run(check: Check) -> Outcome:
    """Runs one check, with its output kept for the case that it fails."""
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603
        [BIN / check.command[0], *check.command[1:]],
        cwd=check.folder,
        # From nothing but these: a developer's settings must not decide.
        env={"HOME": "/", **_kept(), "PATH": f"{BIN}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    output = (done.stdout + done.stderr).strip()
    return Outcome(check, done.returncode == 0, time.monotonic() - began, output)


def _kept() -> dict[str, str]:
    """Where home is, and how this machine reaches others."""
    names = {"HOME", "HTTPS_PROXY", "HTTP_PROXY", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"}
    return {name: value for name, value in os.environ.items() if name in names}


def main() -> int:
    """Runs all checks on all cores and prints a line for each; 1 where one failed."""
    failed = []
    listed = checks()
    width = max(len(check.name) for check in listed)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for outcome in pool.map(run, listed):
            mark = "ok    " if outcome.ok else "FAILED"
            note = outcome.output.splitlines()[-1] if outcome.check.name.endswith("audit") else ""
            line = f"{mark}  {outcome.check.name:<{width}}  {outcome.seconds:5.1f} s  {note}"
            print(line.rstrip(), flush=True)
            if not outcome.ok:
                failed.append(outcome)
    for outcome in failed:
        print(f"\n--- {outcome.check.name}: {' '.join(outcome.check.command)}\n{outcome.output}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
