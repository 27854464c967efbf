"""The project file of a new project: that of its template, and what it needs to stand alone."""

import re
from collections.abc import Iterator, Sequence

from padstone.cli.new.origin import Origin

__all__ = ["adapted", "tools_of"]

_HEADER = re.compile(r"^\[+([\w.\"-]+)\]+")
_PADSTONE = re.compile(r'"(padstone(?:\[[^\]]*\])?)"')
_GROUP = "[dependency-groups]\ndev = ["
_SOURCES = "tool.uv.sources"


def adapted(text: str, tools: str, origin: Origin, left_out: Sequence[str]) -> str:
    """``text`` without the tables in ``left_out``, with ``tools``, and padstone from ``origin``.

    The tools' packages are a group of their own, which the template's development group includes.
    """
    group, _, sections = tools.partition("\n\n")
    if _GROUP not in text:
        raise ValueError(f"the template's pyproject.toml lacks {_GROUP!r}")
    text = text.replace(_GROUP, f'{group}\ndev = [{{ include-group = "tools" }}, ')
    text = _PADSTONE.sub(rf'"\g<1>{origin.bounds}"', text)
    source = "" if origin.source is None else f"[{_SOURCES}]\npadstone = {origin.source}\n\n"
    blocks = "".join(
        source if name == _SOURCES else block
        for name, block in _tables(text)
        if not any(f"{name}.".startswith(f"{one}.") for one in left_out)
    )
    return f"{blocks.rstrip()}\n\n{sections}"


def tools_of(tools: str) -> frozenset[str]:
    """The names of the packages that ``tools`` asks for."""
    return frozenset(re.findall(r'(?m)^  "([a-z0-9-]+)', tools.partition("\n\n")[0]))


def _tables(text: str) -> Iterator[tuple[str, str]]:
    """Each table's name and its text, with the comments above it."""
    name = ""
    lines: list[str] = []
    waiting: list[str] = []
    for line in text.splitlines(keepends=True):
        if (header := _HEADER.match(line)) is not None:
            yield name, "".join(lines)
            name, lines, waiting = header[1], [*waiting, line], []
        elif line.startswith("#"):
            waiting.append(line)
        else:
            lines += [*waiting, line]
            waiting = []
    yield name, "".join([*lines, *waiting])
