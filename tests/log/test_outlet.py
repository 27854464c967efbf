"""Lines leave whole, in order, and before the process does."""

import io
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.log import outlet as module
from padstone.log.outlet import Outlet


def ended(code: str, standard_error: Path) -> list[str]:
    """What a process that runs ``code`` has left in its standard error, a file."""
    with standard_error.open("wb") as stream:
        program = f"import asyncio, os, sys\nfrom padstone.log.outlet import Outlet\n{code}"
        subprocess.run([sys.executable, "-c", program], stderr=stream, timeout=60, check=False)
    return standard_error.read_text().splitlines()


HELD = textwrap.dedent("""
    import logging
    outlet = Outlet(sys.stderr)
    logging.getLogger().addHandler(logging.StreamHandler(outlet))
    outlet.hold()

    async def seen():
        while os.fstat(2).st_size == 0:
            await asyncio.sleep(0.01)
""")


def test_another_stream_is_written_at_once() -> None:
    stream = io.StringIO()
    outlet = Outlet(stream)
    outlet.hold()
    outlet.add(b"a\n")
    assert stream.getvalue() == "a\n"
    outlet.write("b\n")
    outlet.release()
    assert stream.getvalue() == "a\nb\n"


def test_what_waits_leaves_before_what_is_written(tmp_path: Path) -> None:
    code = f"""{HELD}
async def main():
    for number in range(3):
        outlet.add(b"added %d\\n" % number)
    print(os.fstat(2).st_size, file=open({str(tmp_path / "size")!r}, "w"))
    outlet.write("written\\n")
    outlet.add(b"last\\n")
    os._exit(1)
asyncio.run(main())
"""
    assert ended(code, tmp_path / "log") == ["added 0", "added 1", "added 2", "written"]
    assert (tmp_path / "size").read_text() == "0\n"  # they did wait


@pytest.mark.parametrize(
    "end",
    ["outlet.release(); os._exit(1)", "await seen(); os._exit(1)", "sys.exit()"],
    ids=["released", "in time", "at exit"],
)
def test_nothing_that_waits_is_forgotten(end: str, tmp_path: Path) -> None:
    code = f'{HELD}\nasync def main():\n    outlet.add(b"a\\n")\n    {end}\nasyncio.run(main())'
    assert ended(code, tmp_path / "log") == ["a"]


def test_many_do_not_wait(tmp_path: Path) -> None:
    code = f'{HELD}\nasync def main():\n    outlet.add(b"a" * 70_000 + b"\\n")\n    os._exit(1)\n'
    assert len(ended(f"{code}asyncio.run(main())", tmp_path / "log")) == 1


def test_outside_of_an_event_loop_none_waits(tmp_path: Path) -> None:
    assert ended(f'{HELD}\noutlet.add(b"a\\n")\nos._exit(1)', tmp_path / "log") == ["a"]


def test_a_fork_leaves_its_parents_lines_to_it(tmp_path: Path) -> None:
    code = f"""{HELD}
async def main():
    outlet.add(b"parent\\n")
    child = os.fork()
    if child == 0:
        outlet.write("child\\n")
        os._exit(0)
    os.waitpid(child, 0)
asyncio.run(main())
"""
    assert ended(code, tmp_path / "log") == ["child", "parent"]


def test_a_reader_that_went_away_fails_no_request() -> None:
    code = f"""{HELD}
reader, writer = os.pipe()
os.dup2(writer, 2)
os.close(reader)
async def main():
    outlet.add(b"a" * 70_000)
    print("answered", flush=True)
    os._exit(0)
asyncio.run(main())
"""
    program = f"import asyncio, os, sys\nfrom padstone.log.outlet import Outlet\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "answered\n"


lines = st.lists(st.integers(0, 6000).map(lambda length: b"x" * length + b"\n"), max_size=20)


@given(lines)
def test_a_pipe_gets_whole_lines_in_pieces_that_nobody_divides(given_lines: list[bytes]) -> None:
    reader, writer = os.pipe()
    try:
        pieces = list(module._pieces(b"".join(given_lines), writer))
    finally:
        os.close(reader)
        os.close(writer)
    assert b"".join(pieces) == b"".join(given_lines)
    for piece in pieces:
        assert piece.endswith(b"\n")
        assert len(piece) <= 4096 or piece.count(b"\n") == 1


@given(lines)
def test_a_file_gets_all_at_once(given_lines: list[bytes]) -> None:
    with Path(__file__).open("rb") as file:
        pieces = list(module._pieces(b"".join(given_lines), file.fileno()))
    assert len(pieces) == bool(given_lines)


def test_processes_that_share_a_pipe_do_not_mix_their_lines() -> None:
    code = f"""{HELD}
letter = sys.argv[1].encode()
async def main():
    for _ in range(2000):
        outlet.add(letter * 300 + b"\\n")
    outlet.release()
asyncio.run(main())
"""
    program = f"import asyncio, os, sys\nfrom padstone.log.outlet import Outlet\n{code}"
    reader, writer = os.pipe()
    processes = [
        subprocess.Popen([sys.executable, "-c", program, letter], stderr=writer)
        for letter in ("a", "b")
    ]
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        written = stream.read().splitlines()
    assert [process.wait(60) for process in processes] == [0, 0]
    assert sorted(written) == [b"a" * 300] * 2000 + [b"b" * 300] * 2000
