"""Which systems there are, and where each is served."""

import socket
import tomllib
from dataclasses import dataclass
from pathlib import Path

from padstone.errors import NotFoundError

__all__ = ["DevSystem", "choose_port", "discover"]

FIRST_PORT = 8000


@dataclass(frozen=True, slots=True)
class DevSystem:
    """A system as ``dev`` sees it, without importing it: all five packages are called ``app``."""

    name: str
    version: str
    folder: Path
    port: int


def discover(start: Path, only: str | None) -> list[DevSystem]:
    """The system in ``start``, or all below the nearest folder that has ``systems/``.

    Raises ``NotFoundError`` where there is none, or none called ``only``.
    """
    if _is_system(start):
        return [_read(start, FIRST_PORT)]
    root = next((f for f in (start, *start.parents) if (f / "systems").is_dir()), None)
    folders = sorted(f for f in (root / "systems").iterdir() if _is_system(f)) if root else []
    # The order of ports is the order in which the systems were founded.
    systems = [_read(folder, FIRST_PORT + number) for number, folder in enumerate(folders)]
    if only is not None:
        systems = [system for system in systems if system.name == only]
    if not systems:
        known = ", ".join(folder.name for folder in folders)
        raise NotFoundError(
            f"There is no system {only!r} here. There are: {known}."
            if only and known
            else "There is no system here: no app/main.py, and no systems/ folder above."
        )
    return systems


def choose_port(wanted: int, taken: set[int]) -> int:
    """``wanted``, or the next port that nobody listens on and nobody was promised."""
    port = wanted
    while port in taken or not _is_free(port):
        port += 1
    taken.add(port)
    return port


def _is_system(folder: Path) -> bool:
    return (folder / "app" / "main.py").is_file() and (folder / "pyproject.toml").is_file()


def _read(folder: Path, fallback_port: int) -> DevSystem:
    document = tomllib.loads((folder / "pyproject.toml").read_text())
    project = document["project"]
    port = document.get("tool", {}).get("padstone", {}).get("port", fallback_port)
    return DevSystem(project["name"], project["version"], folder, port)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
