"""A program that takes over the terminal for a while, such as psql."""

import subprocess
from collections.abc import Mapping, Sequence

__all__ = ["run_in_terminal"]


def run_in_terminal(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Runs ``command`` to its end and gives its exit status.

    It is a child and does not take this process's place, since what this process holds (the
    embedded services) has to outlive it.
    """
    # The terminal sends Ctrl-C to both; psql uses it to end a statement, and we must not leave.
    with subprocess.Popen(command, env=environment) as process:  # noqa: S603
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
