"""The page as HTML. Everything of a mail is escaped; its own HTML is shown in a frame alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import quote, urlencode

from padstone.devservices.mailbox.letter import Letter, Summary, links_in

__all__ = ["View", "page"]

_ICON = "data:image/svg+xml," + quote(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<rect x="1" y="3" width="14" height="10" rx="2" fill="#3b6ea5"/>'
    '<path d="m2 5 6 4 6-4" stroke="#fff" fill="none"/></svg>'
)
_PARTS = {"html": "HTML", "text": "Text", "headers": "Headers"}


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. ``box`` and ``part`` are the chosen ones, empty for none."""

    base: str
    version: int
    listed: Sequence[Summary]
    boxes: Sequence[str]
    box: str
    letter: Letter | None
    part: str

    def address(self, path: str, **query: str) -> str:
        """Where ``path`` is, as an attribute's value; the chosen box goes along."""
        chosen = {name: value for name, value in {"box": self.box, **query}.items() if value}
        return escape(f"{self.base}{path}{'?' if chosen else ''}{urlencode(chosen)}")


def page(view: View) -> str:
    """The whole page: the list, and beside it the chosen mail."""
    title = view.letter.header("Subject") if view.letter else "Mailbox"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<title>{escape(title)}</title><link rel="icon" href="{_ICON}">'
        f'<link rel="stylesheet" href="{view.base}style.css">'
        f'<script src="{view.base}page.js" defer></script></head>'
        f'<body class="{"reading" if view.letter else "listing"}" data-base="{view.base}" '
        f'data-version="{view.version}"><header id="top">{_top(view)}</header>'
        f'<nav id="list" aria-label="Mails">{_list(view)}</nav>'
        f"<main>{_mail(view, view.letter) if view.letter else _nothing(view)}</main></body></html>"
    )


def _top(view: View) -> str:
    parts = [f'<a class="name" href="{view.base}">Mailbox</a>']
    if len(view.boxes) > 1 or view.box:
        parts.append('<span class="boxes">')
        for box in ("", *view.boxes):
            query = f"?{urlencode({'box': box})}" if box else ""
            current = ' aria-current="true"' if box == view.box else ""
            parts.append(f'<a href="{view.base}{query}"{current}>{escape(box or "All")}</a>')
        parts.append("</span>")
    if view.listed:
        parts.append(
            f'<form method="post" action="{view.address("delete")}">'
            "<button>Delete all</button></form>"
        )
    return "".join(parts)


def _list(view: View) -> str:
    if not view.listed:
        return ""
    entries = (_entry(view, summary) for summary in view.listed)
    return f"<ol>{''.join(entries)}</ol>"


def _entry(view: View, summary: Summary) -> str:
    chosen = view.letter is not None and view.letter.id == summary.id
    current = ' aria-current="page"' if chosen else ""
    box = f'<span class="box">{escape(summary.box)}</span>' if len(view.boxes) > 1 else ""
    return (
        f'<li><a href="{view.address(f"mails/{summary.id}")}"{current}>'
        f'<span class="to">{escape(", ".join(summary.to))}</span>{_time(summary.received)}'
        f'<span class="subject">{escape(summary.subject) or "(no subject)"}</span>{box}'
        "</a></li>"
    )


def _time(moment: datetime) -> str:
    here = moment.astimezone()
    today = datetime.now(here.tzinfo).date()
    shown = here.strftime("%H:%M") if here.date() == today else f"{here.day} {here:%b}"
    return f'<time datetime="{here.isoformat()}" title="{here:%Y-%m-%d %H:%M:%S}">{shown}</time>'


def _nothing(view: View) -> str:
    if view.listed:
        return '<p class="empty">Choose a mail.</p>'
    return (
        '<div class="empty"><p>No mail yet.</p><p>What the systems of this checkout send appears '
        "here by itself, and goes nowhere else.</p></div>"
    )


def _mail(view: View, letter: Letter) -> str:
    parts = [part for part in _PARTS if part == "headers" or getattr(letter, part)]
    part = view.part if view.part in parts else parts[0]
    return "".join(
        (*_head(view, letter), _tabs(view, letter, parts, part), *_body(view, letter, part))
    )


def _head(view: View, letter: Letter) -> Iterator[str]:
    yield f'<a class="back" href="{view.address("")}">← All mails</a>'
    yield f"<h1>{escape(letter.header('Subject')) or '(no subject)'}</h1><dl>"
    to = ", ".join(letter.summary.to)
    when = f"{letter.received.astimezone():%A, %d %B %Y, %H:%M:%S}"
    for name, value in (("From", letter.header("From")), ("To", to), ("Received", when)):
        yield f"<dt>{name}</dt><dd>{escape(value)}</dd>"
    for number, file in enumerate(letter.attachments):
        where = view.address(f"mails/{letter.id}/files/{number}")
        size = f"{len(file.content):,} bytes"
        yield f'<dt>File</dt><dd><a href="{where}" download>{escape(file.name)}</a> {size}</dd>'
    yield "</dl>"


def _tabs(view: View, letter: Letter, parts: Sequence[str], chosen: str) -> str:
    where = f"mails/{letter.id}"
    tabs = []
    for part in parts:
        current = ' aria-current="true"' if part == chosen else ""
        tabs.append(f'<a href="{view.address(where, part=part)}"{current}>{_PARTS[part]}</a>')
    tabs.append(f'<a href="{view.address(f"{where}/source")}" target="_blank">Source</a>')
    return f'<div class="tabs">{"".join(tabs)}</div>'


def _body(view: View, letter: Letter, part: str) -> Iterator[str]:
    if part == "html":
        if letter.wants_remote_content:
            yield '<p class="note">Images and styles from elsewhere are not loaded.</p>'
        yield (
            f'<iframe title="The mail" src="{view.address(f"mails/{letter.id}/frame")}" '
            'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
        )
    elif part == "text":
        yield f'<div class="text">{"".join(map(_piece, links_in(letter.text)))}</div>'
    else:
        yield '<table class="headers">'
        for name, value in letter.headers:
            yield f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"
        yield "</table>"


def _piece(piece: tuple[str, bool]) -> str:
    text, is_link = escape(piece[0]), piece[1]
    if not is_link:
        return text
    return f'<a href="{text}" target="_blank" rel="noopener noreferrer">{text}</a>'
