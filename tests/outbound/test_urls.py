"""How a URL is read."""

import httpx2
import pytest

from padstone.outbound import ForbiddenAddressError
from padstone.outbound.urls import configured_url, guarded_url

READABLE = [
    "http://example.com",
    "https://example.com/a?b=c#d",
    "HTTPS://EXAMPLE.COM",
    "https://example.com.",
    "http://example.com:80/",
    "https://example.com:443/",
    "https://example.com:8443/",
    "http://[2606:4700::1111]/",
    "https://bücher.example/",
    "https://under_score.example/",
    "https://3com.com/",
    "https://1.2.3.4.example/",
]
UNREADABLE = [
    "",
    "example.com",
    "//example.com/",
    "/path",
    "http:",
    "http://",
    "http:///path",
    "http:example.com",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com:70/",
    "javascript:alert(1)",
    "data:text/plain,hello",
    "ws://example.com/",
    "unix:///run/docker.sock",
    "http+unix://%2Frun%2Fdocker.sock/",
    "http://user@example.com/",
    "http://user:password@example.com/",
    "http://example.com@127.0.0.1/",
    "http://example.com\\@127.0.0.1/",
    "http://example.com/\\127.0.0.1",
    "http://example.com /",
    " http://example.com/",
    "http://example.com/\n",
    "http://example.com/\tx",
    "http://exam\x00ple.com/",
    "http://example.com/\x7f",
    "http://example.com\u00a0/",
    "http://[::1",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[v1.x]/",
    "http://%31%32%37.0.0.1/",
    "http://exa%6dple.com/",
    "http://example..com/",
    "http://.example.com/",
    "http://example.com:0/",
    "http://example.com:22/",
    "http://example.com:25/",
    "http://example.com:65536/",
    "http://example.com:-1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://0X7F.0.0.0x1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://00127.0.0.1/",
    "http://127.0.0.01/",
    "http://127.0.0.0x1/",
    "http://1.2.3.4.5/",
    "http://256.1.1.1/",
    "http://8.8.8.8.",
    "http://example.1/",
    "http://example.0x1/",
    "http://l\u00adocalhost/",
    "http://" + "a" * 64 + ".example/",
]


@pytest.mark.parametrize("text", READABLE)
def test_what_can_be_read_in_one_way(text: str) -> None:
    assert guarded_url(text) == httpx2.URL(text)


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_can_be_read_in_several_ways(text: str) -> None:
    with pytest.raises(ForbiddenAddressError) as caught:
        guarded_url(text)
    assert caught.value.detail == ForbiddenAddressError.detail


@pytest.mark.parametrize("text", ["http://127.0.0.1:22/", "https://localhost", "http://[::1]/"])
def test_a_setting_may_name_what_it_likes(text: str) -> None:
    assert configured_url(text) == httpx2.URL(text)


@pytest.mark.parametrize("text", ["ftp://a/", "/path", "http://user:secret@a/"])
def test_a_setting_that_is_no_url(text: str) -> None:
    with pytest.raises(ValueError, match="http or https") as caught:
        configured_url(text)
    assert "secret" not in str(caught.value)
