"""How a file is handed out, whatever stands around the answer."""

from types import SimpleNamespace
from typing import Any

import pytest

from padstone.files import Attachment
from padstone.files.content import HANDED_OUT, handed_out_as


def attachment(**values: Any) -> Attachment:
    given = {
        "name": "a.html",
        "media_type": "text/html",
        "size_bytes": 3,
        "sha256": bytes(32),
        "storage_key": "files/1",
        **values,
    }
    nothing: Any = None
    return Attachment(nothing, SimpleNamespace(**given))  # type: ignore[arg-type]  # is a row


def test_it_is_careful_by_itself() -> None:
    headers = attachment().headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "private, no-store"
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-length"] == "3"
    assert headers["repr-digest"] == f"sha-256=:{'A' * 43}=:"


@pytest.mark.parametrize("name", ['a".html', "a\r\nx: y", "naïve.pdf", "../a", "\u202egpj.exe"])
def test_no_name_breaks_the_header(name: str) -> None:
    shown = attachment(name=name).headers["content-disposition"]
    assert shown.startswith('attachment; filename="')
    assert shown.isascii()
    assert shown.isprintable()


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "image/png", "text/plain"])
def test_the_document_names_every_type(media_type: str) -> None:
    assert handed_out_as(media_type) in HANDED_OUT
    assert set(Attachment.DOCUMENTED[200]["content"]) == set(HANDED_OUT)
