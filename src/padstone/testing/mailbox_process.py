"""The mailbox of development as a process of this test run's own."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from padstone.testing.processes import bare_environment

__all__ = ["MailboxProcess"]

_BOX = "tests"
_PATIENCE = 30.0


class MailboxProcess:
    """The server, started when somebody wants to know its address. It ends with this process."""

    def __init__(self) -> None:
        self._password = secrets.token_urlsafe(24)
        self._key = secrets.token_urlsafe(12)
        self._folder: Path | None = None
        self._process: subprocess.Popen[str] | None = None
        self._ports: dict[str, int] = {}

    @property
    def mail_url(self) -> str:
        """``MAIL_URL`` for the application."""
        self._start()
        return f"smtp://{_BOX}:{self._password}@127.0.0.1:{self._ports['smtp']}"

    @property
    def page_url(self) -> str:
        """Where people and machines read it."""
        self._start()
        return f"http://127.0.0.1:{self._ports['page']}/{self._key}/"

    def close(self) -> None:
        """Ends it, if it ran, and forgets its mails."""
        if self._process is not None and self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            self._process.wait(_PATIENCE)
            self._process.stdout.close()
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    def _start(self) -> None:
        if self._process is not None:
            return
        self._folder = Path(tempfile.mkdtemp(prefix="padstone-mailbox-"))
        log = self._folder / "log"
        path = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
        command = [
            *(sys.executable, "-P", "-m", "padstone.devservices.mailbox"),
            *(str(self._folder / "mails"), "0", "0", "--until-input-ends"),
        ]
        with log.open("w") as out:
            self._process = subprocess.Popen(  # noqa: S603
                command,
                env=bare_environment(
                    MAILBOX_PASSWORD=self._password, MAILBOX_KEY=self._key, **path
                ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
                text=True,
            )
        assert self._process.stdout is not None  # noqa: S101  # it was asked for
        said = self._process.stdout.readline()
        if not said:
            raise AssertionError(f"the mailbox did not start:\n{log.read_text()}")
        self._ports = json.loads(said)
