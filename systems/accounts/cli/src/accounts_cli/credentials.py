"""The file that keeps a login: readable and writable by its owner, and by nobody else ever."""

import json
import os
import stat
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from accounts_cli.address import to_api_url
from accounts_cli.errors import CliError, NotLoggedInError, UsageError
from accounts_cli.key_text import check_key

__all__ = ["Credentials", "delete", "load", "path", "save"]


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key, and the address it was accepted at."""

    api_url: str
    api_key: str = field(repr=False)


def path() -> Path:
    """Where the file is, or would be."""
    from platformdirs import user_config_path

    return user_config_path("accounts", appauthor=False) / "credentials.json"


def load() -> Credentials | None:
    """What is stored, or ``None``.

    Raises ``CliError`` where others could have read the file, and ``NotLoggedInError`` where it
    holds something else.
    """
    file = path()
    try:
        with file.open(encoding="utf-8") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            text = opened.read()
    except FileNotFoundError:
        return None
    except ValueError:
        raise _damaged(file) from None
    except OSError as error:
        raise CliError(f"{file} cannot be read: {error.strerror}.") from None
    if mode & 0o077:
        raise CliError(
            f"Other users may read or write {file} (mode {mode:04o}), so its key is not used. Run "
            "`accounts login` again, with a new key if somebody else could have seen this one."
        )
    return _parsed(file, text)


def save(credentials: Credentials) -> Path:
    """Stores ``credentials`` in place of what was there, and gives the file.

    The file is complete and private before it has its name, so a reader sees the old one or the
    new one, and a link in its place is replaced, not followed. Raises ``CliError``.
    """
    file = path()
    try:
        _make_private_folder(file.parent)
        # Made with mode 0600 under a name that nobody can foresee.
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=".credentials-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                json.dump(asdict(credentials), opened, indent=2)
                opened.write("\n")
                opened.flush()
                os.fsync(opened.fileno())
            Path(temporary).replace(file)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CliError(f"{file} cannot be written: {error.strerror}.") from None
    return file


def delete() -> bool:
    """Removes the file; whether there was one. Raises ``CliError``."""
    file = path()
    try:
        file.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise CliError(f"{file} cannot be removed: {error.strerror}.") from None
    return True


def _make_private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise CliError(f"{folder} is a link. Replace it by a folder of your own.")
    if found.st_uid != os.geteuid():
        raise CliError(f"{folder} belongs to another user, who could read what is stored there.")
    if stat.S_IMODE(found.st_mode) != stat.S_IRWXU:
        folder.chmod(stat.S_IRWXU)


def _parsed(file: Path, text: str) -> Credentials:
    try:
        members = json.loads(text)
        return Credentials(to_api_url(members["api_url"]), check_key(members["api_key"]))
    except (ValueError, TypeError, KeyError, AttributeError, UsageError):
        raise _damaged(file) from None


def _damaged(file: Path) -> NotLoggedInError:
    return NotLoggedInError(f"{file} is damaged. Run `accounts login` to write it anew.")
