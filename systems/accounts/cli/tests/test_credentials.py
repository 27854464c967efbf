import os
import stat
import sys
from pathlib import Path

import pytest
from accounts_cli import credentials
from accounts_cli.credentials import Credentials
from accounts_cli.errors import CliError, NotLoggedInError
from server import FULL_KEY, POOR_KEY

MINE = Credentials("https://api.example.com", FULL_KEY)
OTHER = Credentials("https://api.example.com", POOR_KEY)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_what_is_saved_is_loaded(credentials_file: Path) -> None:
    assert credentials.load() is None
    assert credentials.save(MINE) == credentials_file
    assert credentials.load() == MINE
    credentials.save(OTHER)
    assert credentials.load() == OTHER
    assert list(credentials_file.parent.iterdir()) == [credentials_file]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_file_and_folder_are_private_whatever_the_umask(umask: int, credentials_file: Path) -> None:
    before = os.umask(umask)
    try:
        credentials.save(MINE)
    finally:
        os.umask(before)
    assert mode(credentials_file) == 0o600
    assert mode(credentials_file.parent) == 0o700


def test_a_folder_that_was_open_is_closed_and_an_open_file_replaced(credentials_file: Path) -> None:
    credentials_file.parent.mkdir(parents=True, mode=0o755)
    credentials_file.write_text("{}")
    credentials_file.chmod(0o644)
    credentials.save(MINE)
    assert mode(credentials_file) == 0o600
    assert mode(credentials_file.parent) == 0o700


def test_the_file_is_private_and_complete_before_it_has_its_name(
    credentials_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        seen.append((mode(self), FULL_KEY in self.read_text(), target.exists()))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    credentials.save(MINE)
    assert seen == [(0o600, True, False)]


def test_a_write_that_fails_leaves_the_old_login_and_no_rest(
    credentials_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials.save(MINE)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CliError, match=r"cannot be written: No space left on device\."):
        credentials.save(OTHER)
    assert credentials.load() == MINE
    assert list(credentials_file.parent.iterdir()) == [credentials_file]


def test_a_link_in_the_files_place_is_replaced_and_not_followed(
    credentials_file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "elsewhere"
    target.write_text("untouched")
    credentials_file.parent.mkdir(parents=True)
    credentials_file.symlink_to(target)
    credentials.save(MINE)
    assert not credentials_file.is_symlink()
    assert target.read_text() == "untouched"


def test_a_link_in_the_folders_place_is_refused(credentials_file: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    credentials_file.parent.parent.mkdir(parents=True)
    credentials_file.parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CliError, match="is a link"):
        credentials.save(MINE)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_refused(credentials_file: Path) -> None:
    credentials_file.parent.mkdir(parents=True)
    os.chown(credentials_file.parent, 65534, 65534)
    with pytest.raises(CliError, match="belongs to another user"):
        credentials.save(MINE)


def test_a_file_in_the_folders_place_is_told_of(credentials_file: Path) -> None:
    credentials_file.parent.parent.mkdir(parents=True)
    credentials_file.parent.write_text("")
    with pytest.raises(CliError, match="cannot be written"):
        credentials.save(MINE)
    with pytest.raises(CliError, match="cannot be read"):
        credentials.load()
    with pytest.raises(CliError, match="cannot be removed"):
        credentials.delete()


@pytest.mark.parametrize("open_mode", [0o604, 0o640, 0o620])
def test_a_key_that_others_could_read_is_not_used(open_mode: int, credentials_file: Path) -> None:
    credentials.save(MINE)
    credentials_file.chmod(open_mode)
    with pytest.raises(CliError, match=rf"mode {open_mode:04o}"):
        credentials.load()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"api_url": "https://x", "api_key": 7}',
        f'{{"api_url": "x", "api_key": "{FULL_KEY}"}}',
        '{"api_url": "https://x", "api_key": "sk_live_aaaaaaaaaaaa\\r\\nX-Evil: 1"}',
        "\udcff",
    ],
)
def test_a_damaged_file_says_so(text: str, credentials_file: Path) -> None:
    credentials.save(MINE)
    credentials_file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(NotLoggedInError, match="damaged"):
        credentials.load()


def test_deleting_twice_is_no_failure(credentials_file: Path) -> None:
    credentials.save(MINE)
    assert credentials.delete()
    assert not credentials_file.exists()
    assert not credentials.delete()


def test_the_key_is_not_in_the_repr() -> None:
    assert FULL_KEY not in repr(MINE)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no XDG folders")
def test_the_folder_is_the_platforms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert credentials.path() == tmp_path / "xdg" / "accounts" / "credentials.json"
