"""The page shows what a mail says and is made of nothing that a mail says."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.devservices.mailbox.letter import Letter
from padstone.devservices.mailbox.page import View, page

NAME = "00001795260452454468760-shop"
OTHER = "00001795260452454468761-accounts"
ALLOWED = {
    *("html", "head", "meta", "title", "link", "script", "body", "header", "nav", "main", "a"),
    *("span", "form", "button", "ol", "li", "time", "div", "p", "h1", "dl", "dt", "dd", "iframe"),
    *("table", "tr", "th", "td"),
}


class Seen(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def show(content: bytes, part: str = "", **values: Any) -> str:
    letter = Letter(NAME, content)
    options: dict[str, Any] = {"listed": [letter.summary], "boxes": ["shop"], "box": "", **values}
    return page(View("/key/", 1, letter=letter, part=part, **options))


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=60),
    st.text(max_size=60),
    st.sampled_from(["text", "html", "headers", "<b>"]),
)
def test_a_mail_adds_no_element_to_the_page(subject: str, text: str, part: str) -> None:
    content = f"Subject: {subject}\r\nDelivered-To: {subject}\r\n\r\n{text}"
    seen = Seen(show(content.encode(errors="replace"), part))
    assert {tag for tag, _ in seen.tags} <= ALLOWED
    assert [attributes for tag, attributes in seen.tags if tag == "script"] == [
        {"src": "/key/page.js", "defer": None}
    ]
    assert not any(name.startswith("on") for _, found in seen.tags for name in found)


def test_what_looks_like_html_is_text(mail: Callable[..., bytes]) -> None:
    evil = "\"><script>alert('1')</script>"
    seen = Seen(show(mail(evil, evil), "text"))
    assert seen.text.count(evil) >= 3
    assert len([tag for tag, _ in seen.tags if tag == "script"]) == 1


def test_links_of_a_text_can_be_clicked(mail: Callable[..., bytes]) -> None:
    seen = Seen(show(mail(text="See https://a.example/?x=1&y='2 now."), "text"))
    link = {
        "href": "https://a.example/?x=1&y=",
        "target": "_blank",
        "rel": "noopener noreferrer",
    }
    assert ("a", link) in seen.tags


def test_the_part_that_is_asked_for_is_shown(mail: Callable[..., bytes]) -> None:
    both = mail(html="<b>x</b>")
    assert "<iframe" in show(both)
    assert "<iframe" in show(both, "html")
    assert "<iframe" in show(both, "nothing")
    assert "<iframe" not in show(both, "text")
    assert "Message" not in show(mail(), "html"), "there is no such part"
    assert "<table" in show(both, "headers")
    assert "<table" in show(b"X-Empty: 1\r\n\r\n")


def test_it_is_said_that_nothing_is_loaded(mail: Callable[..., bytes]) -> None:
    assert "not loaded" in show(mail(html="<img src='https://tracker.example/x'>"))
    assert "not loaded" not in show(mail(html="<b>x</b>"))


def test_boxes_are_offered_where_there_are_several(mail: Callable[..., bytes]) -> None:
    assert "?box=shop" not in show(mail())
    several = show(mail(), boxes=["accounts", "shop"], box="shop")
    assert 'href="/key/?box=accounts"' in several
    assert 'href="/key/?box=shop" aria-current="true"' in several
    assert f'href="/key/mails/{NAME}?box=shop"' in several
    assert 'action="/key/delete?box=shop"' in several


@pytest.mark.parametrize("box", ["", "shop"])
def test_nothing_is_offered_to_be_deleted_where_there_is_nothing(box: str) -> None:
    shown = page(View("/key/", 1, listed=[], boxes=[], box=box, letter=None, part=""))
    assert "Delete" not in shown
    assert "No mail yet." in shown


def test_a_mail_is_to_be_chosen(mail: Callable[..., bytes]) -> None:
    letter = Letter(OTHER, mail(""))
    shown = page(
        View("/key/", 1, listed=[letter.summary], boxes=["accounts"], box="", letter=None, part="")
    )
    assert "Choose a mail." in shown
    assert "(no subject)" in shown
    assert "aria-current" not in shown
