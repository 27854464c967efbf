import json
import os
import subprocess
import sys
from pathlib import Path

import packages
import pytest
import run
import typer


def test_a_short_run_on_a_real_server(tmp_path: Path) -> None:
    figures, picture = tmp_path / "figures.json", tmp_path / "figures.svg"
    words = ["--only", "requests", "--workload", "S", "--rounds", "1", "--seconds", "0.1"]
    words += ["--generator", "python", "--json", str(figures), "--svg", str(picture)]
    # It measures on embedded services, whatever this run of the tests is on.
    own = {k: v for k, v in os.environ.items() if not k.startswith("PADSTONE_TEST_")}
    done = subprocess.run(
        [sys.executable, run.__file__, *words],
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "S spend credits" in " ".join(done.stdout.split())
    [found] = json.loads(figures.read_text())["requests"]
    assert found["server"] == "padstone"
    assert found["rounds"][0]["count"] > 0
    assert picture.read_text().startswith("<svg")


def test_an_unknown_workload_is_named() -> None:
    with pytest.raises(typer.BadParameter, match="'Z' is none of A, B, C, D, E, "):
        run._chosen(["A", "Z"])


def test_an_unknown_peer_is_named() -> None:
    with pytest.raises(typer.BadParameter, match="'rails' is none of padstone, "):
        run._known(["rails"])


def test_a_short_run_has_the_workloads_with_aims() -> None:
    assert [one.letter for one in run._chosen(None)] == ["A", "B", "C", "D", "E"]
    assert len(run._chosen(None, full=True)) > 5


def test_what_cannot_be_installed_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(_lock: Path) -> None:
        raise subprocess.CalledProcessError(1, "npm", stderr="first\nno network\n")

    def bring(_lock: Path) -> None:
        said.append("installed")

    said: list[str] = []
    monkeypatch.setattr(packages, "_FOLDER", tmp_path)
    monkeypatch.setattr(packages, "_bring_node", fail)
    monkeypatch.setattr(packages, "_bring_python", bring)
    assert packages.install(said.append) == {"node": "no network"}
    assert "installed" in said
    # What is there is not brought again; what failed is.
    said.clear()
    assert packages.install(said.append) == {"node": "no network"}
    assert "installed" not in said
