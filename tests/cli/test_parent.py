import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def program(source: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that says ``ready`` and then would wait for long."""
    begin = "import signal, sys, time\nfrom padstone.cli.parent import *\n"
    end = "\nprint('ready', flush=True)\ntime.sleep(600)\n"
    with subprocess.Popen(
        [sys.executable, "-c", begin + textwrap.dedent(source) + end],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def test_it_ends_when_standard_input_closes() -> None:
    with program("end_with(stdin_closed, patience=60)") as process:
        assert process.stdin is not None
        process.stdin.write("nobody reads this")
        process.stdin.flush()
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(20) == -signal.SIGTERM


def test_it_ends_by_force_where_it_does_not_listen() -> None:
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nend_with(stdin_closed, patience=0.05)"
    with program(deaf) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 1


@pytest.mark.skipif(not os.path.exists("/proc"), reason="looks at /proc")  # noqa: PTH110
def test_it_ends_when_its_parent_is_killed() -> None:
    between = """
    import os, subprocess
    child = subprocess.Popen([sys.executable, "-c", '''
    import os, time
    from padstone.cli.parent import *
    end_with(lambda: parent_gone(os.getppid()), patience=60)
    print(os.getpid(), flush=True)
    time.sleep(600)
    '''.replace("\\n    ", "\\n")])
    """
    with program(between) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.kill()
        process.wait()
        descriptor = os.pidfd_open(child)
        import select

        ended, _, _ = select.select([descriptor], [], [], 20)
        os.close(descriptor)
        assert ended


def test_a_parent_that_has_gone_already() -> None:
    from padstone.cli.parent import parent_gone

    parent_gone(-1)
