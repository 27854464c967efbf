"""Valkey, or Redis, which understands the same settings."""

import os
import socket
from pathlib import Path

from padstone.devservices import binaries
from padstone.devservices.process import Service
from padstone.devservices.record import HOST, Access

__all__ = ["Valkey", "redis_url"]


class Valkey(Service):
    name = "valkey"
    title = "Valkey"

    @property
    def data(self) -> Path:
        return self.layout.data / "valkey"

    def prepare(self) -> None:
        self.program = binaries.valkey()
        self.data.mkdir(mode=0o700, exist_ok=True)

    def launch(self) -> None:
        self.say("Valkey: starting …")
        # The password goes through a file: every user of the machine can read command lines.
        settings = self.layout.home / "valkey.conf"
        with os.fdopen(os.open(settings, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(self._settings())
        self.spawn([self.program, settings])

    def _settings(self) -> str:
        folder = str(self.data).replace("\\", "\\\\").replace('"', '\\"')
        durable = "no" if self.layout.ephemeral else "yes"
        return "\n".join(
            (
                f"bind {HOST}",
                f"port {self.port}",
                f'dir "{folder}"',
                f"requirepass {self.access['passwords']['valkey']}",
                f"appendonly {durable}",
                'save ""',
                # The command line keeps naming the settings file, by which it is known as ours.
                "set-proc-title no",
                "",
            )
        )

    def is_answering(self) -> bool:
        """Asked with our password, so that another server on this port is not taken for it."""
        question = f"AUTH {self.access['passwords']['valkey']}\r\nPING\r\n".encode()
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(question)
                with connection.makefile("rb") as answer:
                    return [answer.readline(), answer.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
        except OSError:
            return False


def redis_url(access: Access) -> str:
    return f"redis://:{access['passwords']['valkey']}@{HOST}:{access['ports']['valkey']}/0"
