"""A project made by the wheel from each template passes its own checks and tests, and answers.

    python tests/proofs/new_projects.py shop minimal

All of them without names. Each goes as a new user goes, from an empty folder: ``padstone new``,
``make check``, ``make test``, ``make dev``, and every ``curl`` that this shows. It needs the
packages in uv's cache, or the index.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from created import Desk
from padstone.cli.new.templates import TEMPLATES
from padstone.testing.processes import WatchedProcess

LONGEST_SECONDS = 1800


def say(line: str) -> None:
    """A line of the report."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def answers(desk: Desk, project: str) -> list[int]:
    """Starts a project and sends what it shows; the statuses."""
    dev = WatchedProcess(["make", "dev"], desk.folder / project, desk.environment)
    try:
        said = dev.until("Ctrl-C stops everything", within=300)
        shown = [line.strip() for line in said.splitlines() if line[:7] == "  curl "]
        how = "-s -o /dev/null -w '%{http_code}'"
        statuses = [int(desk.run("sh", "-c", f"{one} {how}").stdout) for one in shown]
        dev.interrupt()
        dev.ended()
    finally:
        dev.close()
    return statuses


def prove(desk: Desk, padstone: Path, template: str) -> str | None:
    """What is wrong with the project made from ``template``, where something is."""
    project = f"my-{template}"
    began = time.monotonic()
    try:
        desk.new(padstone, project, template)
        desk.make(project, "check")
        tested = desk.make(project, "test", seconds=LONGEST_SECONDS).strip().splitlines()[-1]
        statuses = answers(desk, project)
        # The mails and files of a demonstration are nobody's business afterwards.
        desk.make(project, "clean")
    except AssertionError as error:
        return str(error)
    say(f"{template}: {tested}; {statuses}; {time.monotonic() - began:.0f} s")
    if not statuses or any(not 200 <= one < 300 for one in statuses):
        return f"what it shows is answered with {statuses}"
    return None


def main() -> int:
    """0 where every project is as it should be."""
    wanted = sys.argv[1:] or list(TEMPLATES)
    broken = []
    with tempfile.TemporaryDirectory(prefix="padstone-new-") as folder:
        desk = Desk(Path(folder))
        desk.install(desk.folder / "installed")
        padstone = desk.folder / "installed" / "bin" / "padstone"
        for template in wanted:
            if (wrong := prove(desk, padstone, template)) is not None:
                broken.append(template)
                say(f"{template}: {wrong}")
    say(f"broken: {', '.join(broken)}" if broken else f"{len(wanted)} projects stand alone")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
