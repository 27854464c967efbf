import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import run
import typer


def test_a_short_run_on_real_servers(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    words = ["--only", "requests", "--workload", "A'", "--rounds", "1", "--seconds", "0.1"]
    # It measures on embedded services, whatever this run of the tests is on.
    own = {k: v for k, v in os.environ.items() if not k.startswith("PADSTONE_TEST_")}
    done = subprocess.run(
        [sys.executable, run.__file__, *words, "--json", str(file)],
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "A' service health" in done.stdout
    figures = json.loads(file.read_text())["requests"]
    assert [one["server"] for one in figures] == ["padstone", "bare"]
    assert all(one["rounds"][0]["count"] > 0 for one in figures)


def test_an_unknown_workload_is_named() -> None:
    with pytest.raises(typer.BadParameter, match="'Z' is none of A, A', E, C, D"):
        run._chosen(["A", "Z"])
