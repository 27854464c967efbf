"""`make test`: the library's tests, then each system's, then what they cover."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
# A template is a system that nobody serves.
SYSTEMS = sorted(path.parents[1] for path in ROOT.glob("*/*/app/main.py"))
COMMAND_LINES = sorted(path.parent for path in ROOT.glob("systems/*/cli/pyproject.toml"))
COVERAGE = 90  # percent of branches, for the library and for each system


def environment(name: str) -> dict[str, str]:
    """From nothing but these: a developer's settings must not decide. The services may be given."""
    kept = {
        variable: value
        for variable, value in os.environ.items()
        if variable in {"PATH", "HOME", "TERM", "LANG", "TMPDIR", "CI"}
        or variable.startswith("PADSTONE_TEST_")
    }
    return {
        **kept,
        "COVERAGE_FILE": str(ROOT / f".coverage.{name}"),
        "PATH": f"{BIN}:{kept['PATH']}",
    }


def tests(name: str, folder: Path, *sources: str) -> bool:
    """Runs the tests in ``folder`` on all cores."""
    print(f"\n{name}", flush=True)
    began = time.monotonic()
    covered = [f"--cov={source}" for source in sources]
    command = ["pytest", "-n", "auto", "--dist", "worksteal", "-q", "--durations=5", *covered]
    done = subprocess.run(  # noqa: S603
        [
            BIN / command[0],
            *command[1:],
            "--cov-report=",
            "--cov-fail-under=0",
            f"--cov-config={ROOT}/pyproject.toml",
        ],
        cwd=folder,
        env=environment(name),
        check=False,
    )
    print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


def coverage(*arguments: str, name: str) -> bool:
    """Calls coverage with its data in the file of ``name``."""
    done = subprocess.run(  # noqa: S603
        [BIN / "coverage", *arguments], cwd=ROOT, env=environment(name), check=False
    )
    return done.returncode == 0


def main() -> int:
    """0 where every test passed and enough is covered."""
    for old in ROOT.glob(".coverage*"):
        old.unlink()
    ok = tests("library", ROOT, "padstone")
    for folder in SYSTEMS:
        ok &= tests(folder.name, folder, "app", "padstone")
        print(f"\nWhat the tests of {folder.name} cover of it:", flush=True)
        gate = f"--fail-under={COVERAGE}"
        included = f"--include={folder.relative_to(ROOT)}/app/*"
        ok &= coverage("report", gate, included, name=folder.name)
    for folder in COMMAND_LINES:
        name = f"{folder.parent.name}-cli"
        package = next((folder / "src").iterdir()).name
        ok &= tests(name, folder, package)
        print(f"\nWhat the tests of {name} cover of it:", flush=True)
        included = f"--include={folder.relative_to(ROOT)}/src/*"
        ok &= coverage("report", f"--fail-under={COVERAGE}", included, name=name)
    # The systems are the library's acceptance test, so what they cover counts.
    names = [f".coverage.{name}" for name in ("library", *(folder.name for folder in SYSTEMS))]
    coverage("combine", "--keep", "--quiet", *names, name="all")
    print("\nWhat all tests cover of the library:", flush=True)
    ok &= coverage("report", f"--fail-under={COVERAGE}", "--include=src/padstone/*", name="all")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
