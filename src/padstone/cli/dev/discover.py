"""Which systems there are, and the port that each would like."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from padstone.errors import NotFoundError, ValidationError

__all__ = ["DevSystem", "discover"]

FIRST_PORT = 8000


@dataclass(frozen=True, slots=True)
class DevSystem:
    """A system as ``dev`` sees it, without importing it: all five packages are called ``app``."""

    name: str
    version: str
    folder: Path
    port: int


def discover(start: Path, only: str | None = None) -> list[DevSystem]:
    """The system in ``start``, or all below the nearest folder upward that has ``systems/``.

    ``only`` names one of them. Raises ``NotFoundError`` where there is none, or none of that name,
    and ``ValidationError`` for a ``pyproject.toml`` that does not say what a system is.
    """
    systems = [_read(folder, FIRST_PORT + number) for number, folder in enumerate(_folders(start))]
    if not systems:
        raise NotFoundError(
            f"There is no system in {start}: no app/main.py with a pyproject.toml beside it, "
            "and no systems/ folder here or above. Change to a checkout that has one."
        )
    chosen = [system for system in systems if only in (None, system.name)]
    if not chosen:
        known = ", ".join(system.name for system in systems)
        raise NotFoundError(f"There is no system {only!r} here. There are: {known}.")
    return chosen


def _folders(start: Path) -> list[Path]:
    if _is_system(start):
        return [start]
    for folder in (start, *start.parents):
        found = sorted(filter(_is_system, (folder / "systems").glob("*")))
        if found:
            return found
    return []


def _is_system(folder: Path) -> bool:
    return (folder / "app" / "main.py").is_file() and (folder / "pyproject.toml").is_file()


def _read(folder: Path, fallback_port: int) -> DevSystem:
    path = folder / "pyproject.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        project = document["project"]
        port = document.get("tool", {}).get("padstone", {}).get("port", fallback_port)
        return DevSystem(str(project["name"]), str(project["version"]), folder, int(port))
    except KeyError as missing:
        raise ValidationError(
            f"{path} lacks {missing}. A system needs both in [project]."
        ) from None
    except (ValueError, TypeError, AttributeError) as error:
        raise ValidationError(f"{path} cannot be read: {error}.") from None
