"""The mailbox's process: there when it is wanted, and gone with whoever wanted it."""

import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from padstone.testing import mailbox_process
from padstone.testing.mailbox_process import MailboxProcess

CHILD = """
from padstone.testing.mailbox_process import MailboxProcess
process = MailboxProcess()
print(process.mail_url, process._process.pid, flush=True)
input()
"""


def test_nothing_is_started_before_somebody_asks() -> None:
    process = MailboxProcess()
    assert process._process is None
    process.close()


def test_it_is_started_once_and_ended() -> None:
    process = MailboxProcess()
    assert process.mail_url == process.mail_url
    port = urlsplit(process.page_url).port
    assert process._folder is not None
    folder = process._folder
    assert (folder / "mails").is_dir()
    process.close()
    process.close()
    assert not folder.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_it_ends_with_a_process_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        url, _ = child.stdout.readline().split()
        with socket.create_connection(("127.0.0.1", urlsplit(url).port)) as connection:
            assert connection.recv(4) == b"220 "
            child.kill()
            while connection.recv(1024):
                pass  # the end comes when its process does


def test_one_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox_process.sys, "executable", "/bin/false")
    process = MailboxProcess()
    with pytest.raises(AssertionError, match="the mailbox did not start"):
        _ = process.mail_url
    process.close()
