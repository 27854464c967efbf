"""What is answered to people and to machines."""

import threading
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from padstone.devservices.mailbox.store import Store

Mail = Callable[..., bytes]


def test_an_empty_mailbox(browser: Any) -> None:
    answer = browser("")
    assert answer.status == 200
    assert "No mail yet." in answer.text
    assert browser("api/mails").json() == []


def test_mails_are_listed_newest_first(browser: Any, store: Store, mail: Mail) -> None:
    names = [store.add(box, mail(box)) for box in ("shop", "accounts", "shop")]
    assert [one["id"] for one in browser("api/mails").json()] == names[::-1]
    assert [one["subject"] for one in browser("api/mails?box=accounts").json()] == ["accounts"]
    assert [one["id"] for one in browser(f"api/mails?after={names[1]}").json()] == names[2:]
    page = browser("").text
    assert page.index(names[2]) < page.index(names[1]) < page.index(names[0])
    assert names[1] not in browser("?box=shop").text


def test_mails_to_an_address(browser: Any, store: Store, mail: Mail) -> None:
    store.add("shop", mail(to="ann@example.com"))
    name = store.add("shop", mail(to="bob@example.com"))
    assert [one["id"] for one in browser("api/mails?to=Bob@example.com").json()] == [name]
    assert browser("api/mails?to=bob@example").json() == []


def test_one_mail_for_machines(browser: Any, store: Store, mail: Mail) -> None:
    name = store.add("shop", mail("Hi", "See https://a.example\n", "<p>x</p>"))
    found = browser(f"api/mails/{name}").json()
    assert (found["subject"], found["text"]) == ("Hi", "See https://a.example\n")
    assert found["links"] == ["https://a.example"]
    assert ["To", "ann@example.com"] in found["headers"]
    assert browser("api/mails/0-shop").status == 404


def test_waiting_ends_with_the_mail(browser: Any, store: Store, mail: Mail) -> None:
    answers = []
    asked = threading.Event()

    def wait() -> None:
        asked.set()
        answers.append(browser("api/mails?to=ann@example.com&wait=30").json())

    thread = threading.Thread(target=wait)
    thread.start()
    asked.wait(30)
    store.add("shop", mail(to="bob@example.com"))
    name = store.add("shop", mail(to="ann@example.com"))
    thread.join(30)
    assert [one["id"] for one in answers[0]] == [name]


@pytest.mark.parametrize("wait", ["0", "0.001", "-1", "nan", "inf", "x", ""])
def test_waiting_for_nothing_ends(browser: Any, wait: str) -> None:
    assert browser(f"api/mails?wait={wait}").json() == []


def test_a_change_is_told(browser: Any, store: Store, mail: Mail) -> None:
    first = browser("api/changes").json()["version"]
    store.add("shop", mail())
    assert browser(f"api/changes?since={first}").json()["version"] != first


def test_everything_is_deleted_or_one_box(browser: Any, store: Store, mail: Mail) -> None:
    for box in ("a", "b", "a"):
        store.add(box, mail())
    assert browser("api/mails?box=a", "DELETE").json() == {"deleted": 2}
    assert len(browser("api/mails").json()) == 1
    answer = browser("delete", "POST")
    assert (answer.status, answer.headers["Location"]) == (303, "/a-key/")
    assert browser("api/mails").json() == []


def test_html_is_shown_where_it_can_do_nothing(browser: Any, store: Store, mail: Mail) -> None:
    html = "<script>alert(1)</script><a href='https://a.example'>a</a>"
    name = store.add("shop", mail(html=html))
    page = browser(f"mails/{name}")
    assert "alert(1)" not in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    frame = browser(f"mails/{name}/frame")
    policy = frame.headers["Content-Security-Policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert rules == {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:"],
        "font-src": ["data:"],
        "form-action": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
    assert frame.text.startswith('<!doctype html><meta charset="utf-8"><base target="_blank">')
    assert html in frame.text


def test_the_source_is_text(browser: Any, store: Store, mail: Mail) -> None:
    name = store.add("shop", mail(html="<b>x</b>"))
    answer = browser(f"mails/{name}/source")
    assert answer.body == store.read(name)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_is_saved_and_never_shown(browser: Any, store: Store) -> None:
    made = EmailMessage()
    made.set_content("x")
    made.add_attachment("<script>alert(1)</script>", subtype="html", filename="x.html")
    name = store.add("shop", bytes(made))
    answer = browser(f"mails/{name}/files/0")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert b"alert(1)" in answer.body
    assert browser(f"mails/{name}/files/1").status == 404
    assert f"mails/{name}/files/0" in browser(f"mails/{name}").text


@pytest.mark.parametrize("rest", ["frame", "source", "files/0"])
def test_a_mail_that_is_gone(browser: Any, store: Store, mail: Mail, rest: str) -> None:
    name = store.add("shop", mail())
    store.clear()
    assert browser(f"mails/{name}/{rest}").status == 404
    answer = browser(f"mails/{name}")
    assert (answer.status, answer.headers["Location"]) == (303, "/a-key/")
