"""Where a set of services lives on the disk, and who may go there.

A set's *home* is ``<checkout>/.padstone/services`` (``test-services`` for the test set). It holds
locks, passwords, ports and logs, and usually the data too. The data lies elsewhere in two cases:

- The test set's data lies on ``/dev/shm``, where nothing waits for a disk, if there is room.
- PostgreSQL refuses to run as root, so root runs it as ``nobody``. Where ``nobody`` cannot walk to
  the home, because the checkout lies in root's own folder, the data lies below ``/var/tmp``.

Folders outside the checkout lie in places where everybody may create files. One that somebody else
made, or can write to, is refused.
"""

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from padstone.devservices.errors import ServiceError

__all__ = [
    "Account",
    "Layout",
    "check_ours",
    "checkout_root",
    "private_folder",
    "reachable",
    "secure_folder",
    "service_account",
]

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  used only after secure_folder's checks
_TEMPORARY = Path("/var/tmp")  # noqa: S108  likewise; unlike /tmp it outlives a reboot
_ROOM_NEEDED = 1 << 30
"""Bytes free on /dev/shm, below which the test set stays on the disk: containers give it 64 MB."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user that PostgreSQL runs as when we are root."""

    uid: int
    gid: int


def service_account() -> Account | None:
    """``nobody`` when we are root, otherwise None: PostgreSQL then runs as ourselves."""
    if os.geteuid() != 0:
        return None
    import pwd  # here, since Windows has none, and applications are imported there too

    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise ServiceError(
            "PostgreSQL refuses to run as root and this system has no user 'nobody' to run it as. "
            "Create that user, or run as an ordinary user."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def reachable(path: Path, account: Account | None) -> bool:
    """Whether the account may walk to ``path``, judged by the modes of all folders on the way."""
    if account is None:
        return True
    # Both spellings are walked: the folders that hold a symbolic link, and those of its target.
    ways = {path.absolute(), path.resolve()}
    return all(_may_enter(folder, account) for way in ways for folder in way.parents)


def _may_enter(folder: Path, account: Account) -> bool:
    try:
        there = folder.stat()
    except OSError:
        return False
    if there.st_uid == account.uid:
        return bool(there.st_mode & stat.S_IXUSR)
    if there.st_gid == account.gid:
        return bool(there.st_mode & stat.S_IXGRP)
    return bool(there.st_mode & stat.S_IXOTH)


def secure_folder(path: Path, mode: int = 0o700) -> Path:
    """Make sure of a folder that is ours alone to write, with exactly this mode."""
    path.mkdir(mode=mode, exist_ok=True)
    check_ours(path)
    if stat.S_IMODE(path.lstat().st_mode) != mode:
        path.chmod(mode)
    return path


def check_ours(path: Path) -> None:
    """Raise ServiceError for a link, another user's folder, or one that others can write to."""
    there = path.lstat()
    if not stat.S_ISDIR(there.st_mode):
        raise ServiceError(f"{path} is not a folder. Remove it and start again.")
    if there.st_uid != os.geteuid():
        raise ServiceError(
            f"{path} belongs to the user with id {there.st_uid}, and this process runs as "
            f"{os.geteuid()}. Run as that user, or remove the folder with its data."
        )
    if there.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ServiceError(f"{path} can be written to by other users. Remove it and start again.")


def checkout_root(start: Path | None = None) -> Path:
    """The nearest folder upward that holds ``uv.lock``, else ``.git``, else the start itself."""
    here = (start or Path.cwd()).resolve()
    for mark in ("uv.lock", ".git"):
        for folder in (here, *here.parents):
            if (folder / mark).exists():
                return folder
    return here


def _private_path() -> Path:
    return _TEMPORARY / f"padstone-{os.geteuid()}"


def private_folder() -> Path:
    """Our folder outside every checkout, for what ``nobody`` cannot reach within one."""
    return secure_folder(_private_path(), 0o711)


def _data_folder(home: Path, *, ephemeral: bool) -> Path:
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    if ephemeral and _is_roomy(_SHARED_MEMORY):
        return _SHARED_MEMORY / f"padstone-{os.geteuid()}-{name}"
    # The home itself is given the mode it needs; what counts are the folders above it, of which
    # the nearest may not have been made yet.
    above = home if home.parent.exists() else home.parent
    return home if reachable(above, service_account()) else _private_path() / name


def _is_roomy(folder: Path) -> bool:
    # The whole size is asked for, not the free one, so that every process answers alike.
    try:
        room = os.statvfs(folder)
    except OSError:
        return False
    return room.f_blocks * room.f_frsize >= _ROOM_NEEDED and os.access(folder, os.W_OK | os.X_OK)


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one set. ``ephemeral`` marks the test set, whose data is thrown away."""

    home: Path
    data: Path
    ephemeral: bool

    @classmethod
    def of(cls, root: Path, *, ephemeral: bool = False) -> "Layout":
        """Where the set of the checkout ``root`` lives. Creates nothing."""
        home = root.resolve() / ".padstone" / ("test-services" if ephemeral else "services")
        return cls(home, _data_folder(home, ephemeral=ephemeral), ephemeral)

    def create(self) -> None:
        """Make the folders that are missing. Raises ServiceError when they cannot be ours."""
        hidden = self.home.parent
        # Root's set is walked through by ``nobody``, who may enter the folders and list none.
        mode = 0o711 if os.geteuid() == 0 else 0o700
        try:
            if not hidden.exists():
                hidden.mkdir(exist_ok=True)
                hidden.chmod(0o755)
                (hidden / ".gitignore").write_text("*\n")
            secure_folder(self.home, mode)
            if self.data.parent == _private_path():
                private_folder()
            secure_folder(self.data, mode)
            secure_folder(self.logs)
        except OSError as error:
            raise ServiceError(
                f"The folder of the embedded services cannot be made: {error}. "
                "Make its parent writable for this user."
            ) from error

    def remove_data(self) -> None:
        """Delete what the services stored. Locks, passwords, ports and logs stay."""
        if self.data != self.home:
            if self.data.exists():
                shutil.rmtree(self.data)
            return
        drafts = self.data.glob("postgres-*.new")
        others = (self.data / name for name in ("valkey", "s3", "mail"))
        for folder in (*self.clusters(), *drafts, *others):
            if folder.exists():
                shutil.rmtree(folder)
        self.databases.unlink(missing_ok=True)

    def clusters(self) -> dict[Path, int]:
        """PostgreSQL's data folders that exist, each with its major version.

        A folder that somebody has renamed, to keep it, is not among them.
        """
        named = (
            (path, path.name.removeprefix("postgres-")) for path in self.data.glob("postgres-*")
        )
        return {path: int(major) for path, major in named if major.isdecimal()}

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    def log(self, service: str) -> Path:
        return self.logs / f"{service}.log"

    @property
    def databases(self) -> Path:
        """Which databases are known to exist; lies with the data, so that it goes with it."""
        return self.data / "databases.json"

    @property
    def users_lock(self) -> Path:
        """Held, shared, by every lease."""
        return self.home / "users.lock"

    @property
    def start_lock(self) -> Path:
        """Held by whoever starts, joins or stops the set."""
        return self.home / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper as long as it lives."""
        return self.home / "keeper.lock"
