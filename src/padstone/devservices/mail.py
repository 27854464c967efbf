"""The mailbox as one of the services: our own program, in this interpreter."""

import os
import re
import socket
import sys
from pathlib import Path
from typing import ClassVar

from padstone.devservices import binaries
from padstone.devservices.process import Service
from padstone.devservices.record import HOST, Access

__all__ = ["Mail", "mail_url", "mailbox_url"]


class Mail(Service):
    """It starts with the others, whether or not a system sends mail.

    Its start takes a sixth of a second of one core, beside that of PostgreSQL, which takes longer.
    A service that is there only for some would have to be asked for while the set runs, when a
    system that sends mail joins one that others have started.
    """

    name = "mail"
    title = "The mailbox"
    port_names: ClassVar[tuple[str, ...]] = ("mail", "mail_page")

    @property
    def data(self) -> Path:
        return self.layout.data / "mail"

    def prepare(self) -> None:
        binaries.aiosmtpd()
        self.program = Path(sys.executable)
        self.data.mkdir(mode=0o700, exist_ok=True)

    def launch(self) -> None:
        self.say("Mailbox: starting …")
        ports = (str(self.access["ports"][name]) for name in self.port_names)
        # Where this package is found by a variable, our child must find it too.
        path = {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}
        self.spawn(
            [self.program, "-P", "-m", "padstone.devservices.mailbox", self.data, *ports],
            environment={
                "MAILBOX_PASSWORD": self.access["passwords"]["mail"],
                "MAILBOX_KEY": self.access["passwords"]["mail_page"],
                **path,
            },
        )

    def is_answering(self) -> bool:
        """Asked by our key. The page is served when mail is taken already."""
        question = f"GET /{self.access['passwords']['mail_page']}/api/changes HTTP/1.0\r\n\r\n"
        port = self.access["ports"]["mail_page"]
        try:
            with socket.create_connection((HOST, port), timeout=1) as connection:
                connection.sendall(question.encode())
                with connection.makefile("rb") as answer:
                    return answer.readline().split()[1:2] == [b"200"]
        except OSError:
            return False


def mail_url(access: Access, box: str) -> str:
    """Where to send mail. ``box`` tells the mails of a system from those of others."""
    user = re.sub(r"[^A-Za-z0-9_-]", "-", box)
    return f"smtp://{user}:{access['passwords']['mail']}@{HOST}:{access['ports']['mail']}"


def mailbox_url(access: Access) -> str:
    """The page on which a person reads it."""
    return f"http://{HOST}:{access['ports']['mail_page']}/{access['passwords']['mail_page']}/"
