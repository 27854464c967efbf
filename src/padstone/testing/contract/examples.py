"""C10: the documentation's examples are run, in their order, against the real server.

In each page below ``docs/`` that has them: a ``sh`` block is run; a ``json`` block after it shows
the fields of the last answer, and their kinds; ``<!-- ID=items.0.id -->`` keeps a value of the last
answer as the variable ``$ID``. ``$URL`` is the server, and ``World.variables`` says what else there
is. An answer may be a problem only where the ``json`` block after it shows one.
"""

import asyncio
import json
import re
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from padstone.testing.contract.environment import SHORT_STREAMS, bare
from padstone.testing.contract.world import World
from padstone.testing.servers import ServerProcess

__all__ = ["run_examples", "test_c10_the_examples_work"]

_PART = re.compile(r"^```(sh|json)\n(.*?)^```$|^<!-- (\w+=.*?) -->$", re.MULTILINE | re.DOTALL)
_PROBLEM = "urn:problem-type:"


@pytest.mark.committed
async def test_c10_the_examples_work(
    server: Callable[..., Awaitable[list[ServerProcess]]],
    world: World,
    system_folder: Path,
    tmp_path: Path,
) -> None:
    """Every page of the documentation, each as a caller of its own."""
    pages = [page for page in (system_folder / "docs").rglob("*.md") if "```sh" in page.read_text()]
    assert pages, "docs/ has no page with an example that runs"
    [one] = await server(**SHORT_STREAMS)
    for number, page in enumerate(sorted(pages)):
        folder = tmp_path / str(number)
        folder.mkdir()
        variables = {"URL": one.url, **await world.variables()}
        await asyncio.to_thread(run_examples, page, folder, variables)


def run_examples(page: Path, folder: Path, variables: dict[str, str]) -> None:
    """Runs the blocks of ``page`` in ``folder``; what they keep is added to ``variables``."""
    answers: list[Any] = []
    parts = list(_parts(page.read_text()))
    for (kind, text), (following, shown) in zip(parts, [*parts[1:], ("", "")], strict=True):
        if kind == "sh":
            output = _run(text, folder, variables)
            expected = following == "json" and _PROBLEM in shown
            assert (_PROBLEM in output) is expected, f"{page.name}: {text}\n{output}"
            answers = list(_answers(output))
        elif kind == "json":
            assert answers, f"{page.name} shows an answer where there is none: {text}"
            found = _shape(answers[-1], json.loads(text))
            assert found == _shape(json.loads(text)), f"{page.name}: {text}\n{answers[-1]}"
        else:
            for assignment in text.split():
                name, _, path = assignment.partition("=")
                variables[name] = str(_at(answers[-1], path))


def _parts(text: str) -> Iterator[tuple[str, str]]:
    for found in _PART.finditer(text):
        yield (found[1], found[2]) if found[1] else ("variables", found[3])


def _run(script: str, folder: Path, variables: dict[str, str]) -> str:
    done = subprocess.run(
        ["sh", "-eu"],  # noqa: S607  # the shell of whoever reads the page
        input=script,
        cwd=folder,
        env=bare(folder, **variables),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stderr}"
    return done.stdout


def _answers(output: str) -> Iterator[Any]:
    """The JSON values in ``output``, which may stand one after the other on a line."""
    decoder, place = json.JSONDecoder(), 0
    while (start := re.compile(r"[\[{]").search(output, place)) is not None:
        try:
            value, place = decoder.raw_decode(output, start.start())
            yield value
        except ValueError:
            place = start.end()


def _shape(value: Any, like: Any = None) -> Any:
    """What a documented answer promises: its fields and their kinds. A list is as its first item,
    where ``like`` shows one.
    """
    if isinstance(value, dict):
        others = like if isinstance(like, dict) else value
        return {name: _shape(item, others.get(name)) for name, item in value.items()}
    if isinstance(value, list) and value and (like is None or like):
        return [_shape(value[0], like[0] if isinstance(like, list) else None)]
    return type(value).__name__


def _at(value: Any, path: str) -> Any:
    for field in path.split("."):
        value = value[int(field) if field.isdecimal() else field]
    return value
