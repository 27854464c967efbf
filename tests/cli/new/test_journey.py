"""As a new user goes: from the built wheel, in an empty folder, to an answer; and further."""

import json
from pathlib import Path

from created import Desk
from padstone.testing.processes import WatchedProcess


def test_from_an_empty_folder_to_an_answer_and_a_tested_project(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.install(tmp_path / "installed")
    made = desk.new(tmp_path / "installed" / "bin" / "padstone", "blog", "minimal")
    assert made["padstone"]["from"] == f"wheels/{desk.wheel.name}"
    project = tmp_path / "blog"
    assert (
        sorted(str(path.relative_to(project)) for path in project.rglob("*") if path.is_file())
        == (made["files"])
    )

    dev = WatchedProcess(["make", "dev"], project, desk.environment)
    try:
        said = dev.until("Ctrl-C stops everything", within=300)
        create, show = [line.strip() for line in said.splitlines() if line[:7] == "  curl "]
        note = json.loads(desk.run("sh", "-c", f"{create} -s").stdout)
        assert note["title"] == "Groceries"
        assert json.loads(desk.run("sh", "-c", f"{show} -s").stdout)["items"] == [note]
        dev.interrupt()
        dev.ended()
    finally:
        dev.close()

    assert "passed" in desk.make("blog", "test", "ARGS=tests/test_notes.py")
    desk.make("blog", "check")
    desk.make("blog", "clean")
    left = {path.name for path in project.iterdir()}
    assert left == {path.split("/")[0] for path in made["files"]}
