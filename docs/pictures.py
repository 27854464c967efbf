"""The pictures of the architecture, drawn from what the code says. ``generate.py`` writes them.

They are narrow, so that a phone shows them at full size, and know light and dark. In the site they
become part of the page, whose style sheet replaces theirs.
"""

import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 380
STYLE = """<style>
  .pic-box { fill: #f4f5f7; stroke: #8a919e; }
  .pic-chip { fill: #ffffff; stroke: #8a919e; }
  .pic-lane { fill: #e5efff; stroke: #3a6fc4; }
  .pic-line { fill: none; stroke: #5b6270; }
  .pic-tip { fill: #5b6270; }
  .pic-text { fill: #1c2027; font: 13px ui-monospace, Menlo, Consolas, monospace; }
  .pic-note { fill: #4d5462; font: 12.5px system-ui, sans-serif; }
  @media (prefers-color-scheme: dark) {
    .pic-box { fill: #1b1f27; stroke: #6a7280; }
    .pic-chip { fill: #272c36; stroke: #6a7280; }
    .pic-lane { fill: #1c2f50; stroke: #6f9be0; }
    .pic-line { stroke: #a0a8b6; }
    .pic-tip { fill: #a0a8b6; }
    .pic-text { fill: #e8eaee; }
    .pic-note { fill: #b4bac6; }
  }
</style>"""
_ARROW = (
    '<marker id="pic-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
    'orient="auto"><path class="pic-tip" d="M0 0 8 4 0 8z"/></marker>'
)
_CHARACTER = 7.9  # the width of one, in the pictures' monospaced face of 13 px

# The layers around FastAPI from the outside, by their class, and what each does. A test compares
# them with those that an application has.
LAYERS = {
    "RequestContext": ("request context", "id, log line, metrics, headers, problems"),
    "Cors": ("CORS", "which origins may read the answer"),
    "ExpressDoor": ("express door", "what was compiled at start-up turns off here"),
    "BodyLimitProblem": ("body limit", "413 before anything is read"),
}


def floors() -> list[list[str]]:
    """The rooms of each floor from the top, as the import contract has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    [contract] = project["tool"]["importlinter"]["contracts"]
    return [
        [room.strip(" ()") for room in layer.replace(":", "|").split("|")]
        for layer in contract["layers"]
    ]


def house() -> str:
    """The library as a house: rooms by floor, and that imports lead down."""
    parts, top = [], 64.0
    for floor in floors():
        rows = list(_rows(floor))
        height = 30 * len(rows) + 6
        parts.append(_box(44, top, WIDTH - 54, height))
        for number, row in enumerate(rows):
            left = 54.0
            for room in row:
                width = _CHARACTER * len(room) + 14
                parts += [
                    _box(left, top + 6 + 30 * number, width, 24, "pic-chip"),
                    _text(left + width / 2, top + 22.5 + 30 * number, room),
                ]
                left += width + 6
        top += height + 5
    roof = '<path class="pic-box" d="M34 58 207 8 380 58z"/>'
    down = f'<path class="pic-line" marker-end="url(#pic-arrow)" d="M26 70V{top - 8:g}"/>'
    middle = (64 + top) / 2
    words = (
        f'<text class="pic-note" transform="translate(16 {middle:g}) rotate(-90)" '
        'text-anchor="middle">imports lead down, and nowhere else</text>'
    )
    described = "The rooms of the library by floor; a room imports only from floors below it."
    return _picture(top + 2, described, [roof, _text(207, 45, "padstone"), down, words, *parts])


def request() -> str:
    """A request's way: the layers that all pass, and then one of two lanes."""
    parts, top = [_step(0, "server", "padstone serve, or any ASGI server")], 52.0
    for name, note in list(LAYERS.values())[:3]:
        parts += [_down(190, top - 6), _step(top + 8, name, note)]
        top += 60
    outer, inner = LAYERS["BodyLimitProblem"]
    express = ["guard", "prepared statement", "JSON bytes"]
    session = [outer, "your middleware", "FastAPI: router", "guard", "service", "ORM session"]
    parts += [_lane(4, top + 8, "express lane", express, "no ORM, no dependency graph")]
    parts += [_lane(194, top + 8, "session lane", session, "FastAPI as you know it")]
    parts += [_down(95, top - 6), _down(285, top - 6)]
    end = top + 8 + 62 + 30 * len(session)
    parts += [
        _down(95, end),
        _down(285, end),
        _step(end + 14, "one pool", "the longest waiter next"),
    ]
    parts += [
        _down(190, end + 60),
        _step(end + 74, "PostgreSQL", "committed before the answer leaves"),
    ]
    described = (
        "Every request passes "
        + ", ".join(name for name, _ in list(LAYERS.values())[:3])
        + f"; then the express lane answers it, or the session lane, where the {outer} comes first "
        f"({inner}). Both take connections from one pool."
    )
    return _picture(end + 122, described, parts)


def _rows(rooms: list[str]) -> Iterator[list[str]]:
    row: list[str] = []
    used = 0.0
    for room in rooms:
        width = _CHARACTER * len(room) + 20
        if row and used + width > WIDTH - 68:
            yield row
            row, used = [], 0.0
        row.append(room)
        used += width
    yield row


def _lane(left: float, top: float, name: str, steps: list[str], note: str) -> str:
    height = 56 + 30 * 6
    parts = [_box(left, top, 182, height, "pic-lane"), _text(left + 91, top + 20, name)]
    parts.append(_text(left + 91, top + 38, note, "pic-note"))
    for number, step in enumerate(steps):
        parts += [
            _box(left + 10, top + 48 + 30 * number, 162, 24, "pic-chip"),
            _text(left + 91, top + 64.5 + 30 * number, step),
        ]
    return "".join(parts)


def _step(top: float, name: str, note: str) -> str:
    return (
        _box(4, top, WIDTH - 8, 44)
        + _text(190, top + 19, name)
        + _text(190, top + 36, note, "pic-note")
    )


def _down(middle: float, top: float) -> str:
    return f'<path class="pic-line" marker-end="url(#pic-arrow)" d="M{middle:g} {top:g}v13"/>'


def _box(left: float, top: float, width: float, height: float, kind: str = "pic-box") -> str:
    return (
        f'<rect class="{kind}" x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" '
        'rx="4"/>'
    )


def _text(middle: float, line: float, words: str, kind: str = "pic-text") -> str:
    return (
        f'<text class="{kind}" x="{middle:g}" y="{line:g}" text-anchor="middle">'
        f"{escape(words)}</text>"
    )


def _picture(height: float, described: str, parts: list[str]) -> str:
    size = f'viewBox="0 0 {WIDTH + 4} {height:g}" width="{WIDTH + 4}" height="{height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    lines = [head, f"<title>{escape(described)}</title>", STYLE, f"<defs>{_ARROW}</defs>", *parts]
    return "\n".join([*lines, "</svg>\n"])
