import pytest
from accounts_cli.address import is_local, refuse_clear_text, same_host, to_api_url
from accounts_cli.errors import UsageError


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://api.example.com", "https://api.example.com"),
        (" https://api.example.com/ ", "https://api.example.com"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://example.com/accounts/", "https://example.com/accounts"),
    ],
)
def test_addresses_have_one_form(text: str, url: str) -> None:
    assert to_api_url(text) == url


@pytest.mark.parametrize(
    "text",
    ["", "localhost:8000", "api.example.com", "ftp://x", "http://", "http://a b", "https:/x"],
)
def test_what_is_no_address_is_shown_what_one_is(text: str) -> None:
    with pytest.raises(UsageError, match=r"https://api\.example\.com"):
        to_api_url(text)


@pytest.mark.parametrize(
    "text",
    ["https://me:hunter2@x", "https://x?token=hunter2", "https://x#hunter2", "https://x\n.y"],
)
def test_what_may_be_secret_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        to_api_url(text)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("text", ["http://x:99999", "http://[::1", "http://x:port"])
def test_a_broken_port_or_host_is_no_crash(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be understood"):
        to_api_url(text)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:1", "http://127.8.8.8"]
)
def test_a_key_may_go_unencrypted_to_this_machine(url: str) -> None:
    assert is_local(url)
    refuse_clear_text(url, insecure=False)


@pytest.mark.parametrize(
    "url",
    ["http://api.example.com", "http://10.0.0.1", "http://127.0.0.1.example.com", "http://0.0.0.0"],
)
def test_but_over_a_network_only_where_that_was_asked_for(url: str) -> None:
    with pytest.raises(UsageError, match="--insecure"):
        refuse_clear_text(url, insecure=False)
    refuse_clear_text(url, insecure=True)
    refuse_clear_text(url.replace("http:", "https:"), insecure=False)


def test_hosts_are_compared_without_their_ports() -> None:
    assert same_host("https://api.example.com", "https://API.example.com:8443/x")
    assert not same_host("https://api.example.com", "https://api.example.org")
    assert same_host("http://127.0.0.1:8000", "http://localhost:8001")
    assert not same_host("http://127.0.0.1:8000", "https://api.example.com")
