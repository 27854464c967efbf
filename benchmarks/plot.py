"""The figures as a picture: SVG by hand, in tones that can be read on white and on black."""

from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape

from report import Report
from rounds import Figures, ratios
from servers import OURS, SERVERS
from workloads import FEATURELESS

__all__ = ["draw"]

_WIDTH = 900
_NAMES = 325  # where the bars begin
_BARS = 310  # how long the longest is
_RATES = _NAMES + _BARS + 70  # where the numbers end
_ROW = 20
_GAP = 34  # above each workload
_TEXT = "#7d8590"
_OURS = "#2f81f7"
_FEATURED = "#a5784b"
_BARE = "#8b949e"


def draw(report: Report) -> str:
    """Bars of requests per second for each workload, with the machine named below."""
    parts: list[str] = []
    top = 10
    for _, group in groupby(report.figures, key=lambda one: one.workload):
        rows = list(group)
        parts += _panel(report, rows, top)
        top += _GAP + _ROW * len(rows)
    notes = [
        report.about_machine,
        f"Requests per second: the median of the rounds. Times: how much faster {OURS} is.",
        f"Blue: {OURS}. Brown: the same features. Grey: none of them.",
    ]
    if not all(one.is_bound for one in report.figures):
        notes.append("* Something other than the server was the limit there.")
    for number, note in enumerate(notes):
        parts.append(_text(10, top + 24 + 16 * number, note, size=11))
    height = top + 24 + 16 * len(notes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{_TEXT}" role="img" '
        f'aria-label="Requests per second of {OURS} and its peers">\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _panel(report: Report, rows: list[Figures], top: int) -> Iterator[str]:
    workload = rows[0].workload
    title = f"{workload.letter}  {workload.title}"
    yield _text(10, top + 20, title, weight="bold", size=13)
    longest = max(one.rate for row in rows for one in row.rounds)
    for number, row in enumerate(rows):
        yield from _bar(report, row, top + _GAP + _ROW * number, _BARS / longest)


def _bar(report: Report, row: Figures, top: int, scale: float) -> Iterator[str]:
    middle = top + _ROW // 2
    rates = [one.rate for one in row.rounds]
    rate = row.middle("rate") or 0.0
    color = _BARE if row.server in FEATURELESS else _FEATURED
    if row.server == OURS:
        color = _OURS
    yield _text(_NAMES - 8, middle - 2, SERVERS[row.server].title, anchor="end")
    yield (
        f'<rect x="{_NAMES}" y="{top - 1}" width="{rate * scale:.1f}" height="{_ROW - 6}" '
        f'rx="2" fill="{color}"/>'
    )
    least, most = (_NAMES + edge * scale for edge in (min(rates), max(rates)))
    yield (
        f'<path d="M{least:.1f} {middle - 4}H{most:.1f}" stroke="{_TEXT}" stroke-width="2" '
        'fill="none"/>'
    )
    yield _text(_RATES, middle - 2, f"{rate:,.0f}", anchor="end")
    if not row.is_bound:
        yield _text(_RATES + 4, middle - 2, "*")
    if (ours := report.ours(row)) is not None:
        found, _ = ratios(ours, row)
        words = f"{found.median:.2f} times ({found.least:.2f} to {found.most:.2f})"
        yield _text(_RATES + 18, middle - 2, words)


def _text(
    x: int, y: int, words: str, *, anchor: str = "start", weight: str = "normal", size: int = 12
) -> str:
    style = f'text-anchor="{anchor}" font-weight="{weight}" font-size="{size}"'
    return f'<text x="{x}" y="{y}" {style} dominant-baseline="middle">{escape(words)}</text>'
