"""Forked processes, for real; what they are for is in test_command.py."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from padstone.cli.dev.forks import Forked, Forks

WAITS = ("worker", "--under-dev", "8000", "0")


def program(folder: Path, source: str) -> Path:
    """A system whose settings are this program."""
    (folder / "app" / "core").mkdir(parents=True)
    (folder / "app" / "main.py").touch()
    (folder / "app" / "core" / "config.py").write_text(source)
    return folder


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.02)


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def all_of(process: Forked) -> str:
    return (await process.stdout.read()).decode()


async def test_it_is_padstone_in_that_folder(forks: Forks, tmp_path: Path) -> None:
    with closing(await forks.start(tmp_path, ["--version"])) as process:
        assert (await all_of(process)).startswith("padstone ")
        assert await process.wait() == process.returncode == 0
    with closing(await forks.start(tmp_path, ["serve"])) as process:
        assert f"{tmp_path} is not a system's folder" in await all_of(process)
        assert await process.wait() == 2


async def test_it_inherits_the_files_that_it_is_given(forks: Forks, tmp_path: Path) -> None:
    source = """
import os, sys
*_, first, second = map(int, sys.argv[3:])
os.write(first, os.read(second, 100).upper())
assert os.read(0, 1) == b"" or os._exit(9)
"""
    ours, theirs = socket.socketpair()
    given = tmp_path / "given"
    given.write_text("from the file")
    with ours, given.open("rb") as file:
        with theirs:
            arguments = ["worker", "--under-dev", theirs, file]
            process = await forks.start(program(tmp_path, source), arguments)
        assert await asyncio.to_thread(ours.recv, 100) == b"FROM THE FILE"
        process.terminate()
        assert await process.wait() == 0, "its own handler, since it is padstone"
        process.close()


async def test_nothing_of_a_system_is_imported_before(forks: Forks, tmp_path: Path) -> None:
    source = """
import gc, signal, sys, threading
found = [name for name in sys.modules if name.split(".")[0] == "app"]
print(found, threading.active_count(), "padstone.app" in sys.modules, flush=True)
print(signal.pthread_sigmask(signal.SIG_BLOCK, ()), signal.getsignal(signal.SIGCHLD), flush=True)
raise SystemExit(4)
"""
    process = await forks.start(program(tmp_path, source), WAITS)
    first, second = (await all_of(process)).splitlines()
    assert first == "['app', 'app.core', 'app.core.config'] 1 True"
    assert second == "set() 0"
    assert await process.wait() == 4
    process.close()


async def test_two_are_two(forks: Forks, tmp_path: Path) -> None:
    system = program(tmp_path, "import os\nprint(os.getpid(), os.urandom(8), flush=True)")
    both = await asyncio.gather(*(forks.start(system, WAITS) for _ in range(2)))
    said = await asyncio.gather(*map(all_of, both))
    assert [line.split()[0] for line in said] == [str(one.pid) for one in both]
    assert len(set(said)) == 2
    for one in both:
        await one.wait()
        one.close()


async def test_after_a_renewal_the_old_ones_live_on(tmp_path: Path) -> None:
    system = program(tmp_path, "import os\nprint('here', flush=True)\nos.read(0, 1)")
    with closing(Forks()) as forks:
        old = await forks.start(system, WAITS)
        assert await old.stdout.readline() == b"here\n"
        assert old.pid is not None
        server = parent_of(old.pid)
        forks.renew()
        new = await forks.start(system, WAITS)
        assert new.pid is not None
        assert parent_of(new.pid) != server
        assert is_there(old.pid)
        for one in (old, new):
            one.kill()
            assert await one.wait() == -signal.SIGKILL
            one.close()
        await until(lambda: not is_there(server))


async def test_a_killed_forkserver_is_replaced_and_its_children_end(tmp_path: Path) -> None:
    system = program(tmp_path, "import os\nprint('here', flush=True)\nos.read(0, 1)")
    with closing(Forks()) as forks:
        child = await forks.start(system, WAITS)
        assert await child.stdout.readline() == b"here\n"
        assert child.pid is not None
        os.kill(parent_of(child.pid), signal.SIGKILL)
        assert await child.wait() == -signal.SIGKILL
        await until(lambda: child.pid is not None and not is_there(child.pid))
        child.close()
        await until(lambda: forks._servers[-1].poll() is not None)
        again = await forks.start(tmp_path, ["--version"])
        assert (await all_of(again)).startswith("padstone ")
        assert await again.wait() == 0
        again.close()


async def test_a_forkserver_that_does_not_start_is_an_end(tmp_path: Path) -> None:
    with closing(Forks()) as forks:
        door = forks._open_door()
        forks._servers[-1].kill()
        process = await forks.start(tmp_path, ["--version"])
        assert process.pid is None
        process.terminate()
        process.kill()
        assert await process.wait() == 1
        assert await all_of(process) == ""
        process.close()
        assert door is not None


async def test_all_end_with_who_started_them(tmp_path: Path) -> None:
    source = """
import asyncio
from pathlib import Path
from padstone.cli.dev.forks import Forks

async def main():
    process = await Forks().start(Path("."), ["worker", "--under-dev", "8000", "0"])
    print(process.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
    system = program(tmp_path, "import os\nos.read(0, 1)\nraise SystemExit(0)")
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", source), cwd=system, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    server = parent_of(child)
    parent.kill()
    await parent.wait()
    await until(lambda: not is_there(child) and not is_there(server))
