"""What a mail says: read leniently, since anything may have been sent."""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from typing import Any, NamedTuple

from padstone.devservices.mailbox.store import box_of, seconds_of

__all__ = ["Attachment", "Letter", "Summary", "links_in"]

_LINK = re.compile(r"https?://[^\s<>\"'\\^`{|}]+")
_BEHIND_A_LINK = ".,;:!?)]*_"
_CONTENT_ID = re.compile(r"cid:([^\"'\s>)]+)")
_REMOTE = re.compile(
    r"""(?:src|background|poster)\s*=\s*["']?\s*(?:https?:)?//|url\(\s*["']?\s*(?:https?:)?//""",
    re.IGNORECASE,
)

# What Python's own reader raises for a header or a part that makes no sense.
_UNREADABLE = (AttributeError, IndexError, KeyError, LookupError, TypeError, ValueError)


class Attachment(NamedTuple):
    """A file that came with a mail."""

    name: str
    media_type: str
    content: bytes


class Summary(NamedTuple):
    """What a list shows of a mail."""

    id: str
    box: str
    received: datetime
    sender: str
    to: tuple[str, ...]
    subject: str

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "id": self.id,
            "box": self.box,
            "received": self.received.isoformat(),
            "from": self.sender,
            "to": self.to,
            "subject": self.subject,
        }


class Letter:
    """One mail of the store. Reading it raises nothing, whatever was sent."""

    def __init__(self, name: str, content: bytes) -> None:
        self.id = name
        self.content = content
        self.box = box_of(name)
        self.received = datetime.fromtimestamp(seconds_of(name), UTC)
        self._mail = message_from_bytes(content, policy=default)

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Every header as it was meant, in order."""
        return [(name, self._meaning(name, raw)) for name, raw in self._mail.raw_items()]

    def header(self, name: str) -> str:
        """The first header of this name; empty where there is none."""
        return next(iter(self._all(name)), "")

    @property
    def summary(self) -> Summary:
        """What a list shows of it. ``to`` is for whom the server was told that it is."""
        return Summary(
            self.id,
            self.box,
            self.received,
            self.header("From"),
            tuple(self._all("Delivered-To")),
            self.header("Subject"),
        )

    @property
    def text(self) -> str:
        """The part that is plain text; empty where there is none."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The part that is HTML, images that came along put into it."""
        return _CONTENT_ID.sub(self._inline, self._body("html"))

    @property
    def wants_remote_content(self) -> bool:
        """Whether showing it in full would ask some server, which is never done."""
        return _REMOTE.search(self._body("html")) is not None

    @property
    def links(self) -> list[str]:
        """Where its links lead, each once: those of the text, then those of the HTML."""
        found = [link for link, is_link in links_in(self.text) if is_link]
        return list(dict.fromkeys([*found, *_targets(self._body("html"))]))

    @property
    def attachments(self) -> list[Attachment]:
        """The files that came along."""
        return [
            Attachment(part.get_filename() or "unnamed", part.get_content_type(), _bytes(part))
            for part in self._mail.walk()
            if part.get_content_disposition() == "attachment"
        ]

    def as_json(self) -> dict[str, Any]:
        """Everything that it says, for machines."""
        return self.summary.as_json() | {
            "text": self.text,
            "html": self._body("html"),
            "links": self.links,
            "headers": self.headers,
            "attachments": [
                {"name": one.name, "type": one.media_type, "size": len(one.content)}
                for one in self.attachments
            ],
        }

    def _all(self, name: str) -> list[str]:
        # Only these are parsed, which takes much longer than finding them.
        wanted = name.lower()
        return [
            self._meaning(known, raw)
            for known, raw in self._mail.raw_items()
            if known.lower() == wanted
        ]

    def _meaning(self, name: str, raw: Any) -> str:
        try:
            return str(self._mail.policy.header_fetch_parse(name, raw))
        except _UNREADABLE:
            # Bytes that are no text are held as halves of characters, which cannot be written.
            return str(raw).encode(errors="replace").decode()

    def _body(self, kind: str) -> str:
        try:
            part = self._mail.get_body((kind,))
        except _UNREADABLE:
            return ""
        if part is None:
            return ""
        try:
            text = str(part.get_content())
        except _UNREADABLE:
            text = _bytes(part).decode(errors="replace")
        # On the wire lines end with two characters.
        return text.replace("\r\n", "\n").encode(errors="replace").decode()

    def _inline(self, match: re.Match[str]) -> str:
        for part in self._mail.walk():
            if part.get("Content-ID", "").strip("<> ") == match.group(1):
                encoded = base64.b64encode(_bytes(part)).decode()
                return f"data:{part.get_content_type()};base64,{encoded}"
        return match.group(0)


def links_in(text: str) -> Iterator[tuple[str, bool]]:
    """``text`` in pieces, in order; the second value says whether the piece is a link."""
    end = 0
    for match in _LINK.finditer(text):
        link = match.group().rstrip(_BEHIND_A_LINK)
        yield text[end : match.start()], False
        yield link, True
        end = match.start() + len(link)
    yield text[end:], False


def _bytes(part: Any) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _targets(html: str) -> list[str]:
    reader = _Targets()
    reader.feed(html)
    return reader.found


class _Targets(HTMLParser):
    """Collects where the links of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href") or ""
        if tag == "a" and target.startswith(("http://", "https://")):
            self.found.append(target)
