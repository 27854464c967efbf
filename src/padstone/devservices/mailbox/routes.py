"""What is answered to which path: pages for people, JSON for machines."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from padstone.devservices.mailbox import page
from padstone.devservices.mailbox.letter import Letter, Summary
from padstone.devservices.mailbox.letters import Letters
from padstone.devservices.mailbox.store import Store

__all__ = ["NOT_FOUND", "ROUTES", "Answer", "Question"]

_HTML = "text/html; charset=utf-8"
_ASSETS = {"style.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"}
_LONGEST_WAIT = 30.0

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A mail runs nothing, asks nobody for anything, sends no form, and belongs to no origin. Its links
# open pages of their own.
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    body: bytes
    media_type: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: the query, and what the path's pattern has found. ``base`` ends with /."""

    letters: Letters
    base: str
    query: dict[str, str]
    found: Sequence[str]

    @property
    def box(self) -> str:
        """The box that was asked for; empty for all."""
        return self.query.get("box", "")

    @property
    def store(self) -> Store:
        """Where the mails are."""
        return self.letters.store

    def letter(self) -> Letter | None:
        """The mail that the path names."""
        return self.letters.read(self.found[0])

    def listed(self) -> list[Summary]:
        """The mails that the query asks for, newest first."""
        return self.letters.newest_first(
            after=self.query.get("after", ""), box=self.box, to=self.query.get("to", "")
        )

    def seconds(self) -> float:
        """How long the asker would wait."""
        given = self.query.get("wait", "0")
        # Not everything that Python takes for a number is a time to wait.
        is_time = re.fullmatch(r"\d{1,3}(\.\d{1,3})?", given) is not None
        return min(float(given), _LONGEST_WAIT) if is_time else 0.0


NOT_FOUND = Answer(b"There is no such page.\n", "text/plain; charset=utf-8", 404)


def _json(content: Any) -> Answer:
    return Answer(json.dumps(content).encode(), "application/json")


def _page(question: Question, letter: Letter | None) -> Answer:
    text = page.page(
        page.View(
            base=question.base,
            version=question.store.version,
            listed=question.listed(),
            boxes=question.letters.boxes,
            box=question.box,
            letter=letter,
            part=question.query.get("part", ""),
        )
    )
    return Answer(text.encode(), _HTML, headers={"Content-Security-Policy": _PAGE_POLICY})


def _index(question: Question) -> Answer:
    return _page(question, None)


def _mail(question: Question) -> Answer:
    letter = question.letter()
    if letter is None:
        # It was deleted while its page was open.
        return Answer(b"", _HTML, 303, {"Location": question.base})
    return _page(question, letter)


def _frame(question: Question) -> Answer:
    letter = question.letter()
    if letter is None:
        return NOT_FOUND
    # Whatever the mail begins with, its links open beside this page. No script is needed for that.
    text = f'<!doctype html><meta charset="utf-8"><base target="_blank">{letter.html}'
    return Answer(text.encode(), _HTML, headers={"Content-Security-Policy": _MAIL_POLICY})


def _source(question: Question) -> Answer:
    letter = question.letter()
    return NOT_FOUND if letter is None else Answer(letter.content, "text/plain; charset=utf-8")


def _file(question: Question) -> Answer:
    letter = question.letter()
    files = letter.attachments if letter else []
    number = int(question.found[1])
    if number >= len(files):
        return NOT_FOUND
    # Never as what it says it is: it is saved, and nothing shows it.
    saved = {"Content-Disposition": "attachment"}
    return Answer(files[number].content, "application/octet-stream", headers=saved)


def _asset(question: Question) -> Answer:
    name = question.found[0]
    return Answer(Path(__file__).with_name(name).read_bytes(), _ASSETS[name])


def _delete_and_return(question: Question) -> Answer:
    question.store.clear(question.box)
    return Answer(b"", _HTML, 303, {"Location": question.base})


def _delete(question: Question) -> Answer:
    return _json({"deleted": question.store.clear(question.box)})


def _list(question: Question) -> Answer:
    listed = question.listed()
    if not listed and (seconds := question.seconds()):
        question.store.wait(lambda: bool(question.listed()), seconds)
        listed = question.listed()
    return _json([summary.as_json() for summary in listed])


def _read(question: Question) -> Answer:
    letter = question.letter()
    return NOT_FOUND if letter is None else _json(letter.as_json())


def _changes(question: Question) -> Answer:
    known = question.query.get("since", "")
    question.store.wait(lambda: str(question.store.version) != known, _LONGEST_WAIT)
    return _json({"version": str(question.store.version)})


ROUTES: list[tuple[str, str, Callable[[Question], Answer]]] = [
    ("GET", r"", _index),
    ("GET", r"mails/([^/]+)", _mail),
    ("GET", r"mails/([^/]+)/frame", _frame),
    ("GET", r"mails/([^/]+)/source", _source),
    ("GET", r"mails/([^/]+)/files/(\d{1,4})", _file),
    ("GET", r"(style\.css|page\.js)", _asset),
    ("POST", r"delete", _delete_and_return),
    ("GET", r"api/mails", _list),
    ("DELETE", r"api/mails", _delete),
    ("GET", r"api/mails/([^/]+)", _read),
    ("GET", r"api/changes", _changes),
]
"""Method, path below the key, and who answers."""
