"""The pages that a person without a front end is led to."""

import base64
import hashlib
import re

import pytest

from .conftest import EMAIL, PASSWORD, Little


@pytest.mark.parametrize("path", ["verify-email", "reset-password"])
async def test_a_page_runs_its_own_script_and_no_other(little: Little, path: str) -> None:
    answer = await little.get(f"/auth/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    for kind, text in re.findall(r"<(script|style)>(.*?)</\1>", answer.text, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert len(re.findall(r"<script", answer.text)) == 1


async def test_a_page_repeats_nothing_that_it_was_sent(little: Little) -> None:
    plain = await little.get("/auth/verify-email")
    for query in ("?token=<script>alert(1)</script>", "?x=1"):
        answer = await little.get(f"/auth/verify-email{query}")
        assert answer.text == plain.text


async def test_the_link_leads_to_the_page_and_the_token_to_no_server(little: Little) -> None:
    await little.post("register", email=EMAIL, password=PASSWORD)
    [mail] = await little.mailed()
    link = re.search(r"http\S+", mail.get_content())
    assert link
    address, _, fragment = link.group().partition("#")
    assert address == "http://127.0.0.1:8000/auth/verify-email"
    assert fragment.startswith("token=")


async def test_the_pages_are_no_part_of_the_document(little: Little) -> None:
    paths = little.running.app.openapi()["paths"]
    assert "get" not in paths["/auth/verify-email"]
    assert "get" not in paths["/auth/reset-password"]
