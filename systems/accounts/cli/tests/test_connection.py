import pytest
from accounts_cli import credentials
from accounts_cli.connection import current, timeout, url_for_login
from accounts_cli.credentials import Credentials
from accounts_cli.errors import KeyRefusedError, NotLoggedInError, UsageError
from server import FULL_KEY, POOR_KEY

PROD = "https://api.example.com"


def test_nobody_is_logged_in() -> None:
    with pytest.raises(NotLoggedInError, match="accounts login"):
        current()


def test_the_stored_login_is_used() -> None:
    credentials.save(Credentials(PROD, FULL_KEY))
    assert (current().url, current().key) == (PROD, FULL_KEY)
    assert FULL_KEY not in repr(current())


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    credentials.save(Credentials(PROD, FULL_KEY))
    monkeypatch.setenv("ACCOUNTS_API_KEY", POOR_KEY)
    assert (current().url, current().key) == (PROD, POOR_KEY)
    monkeypatch.setenv("ACCOUNTS_API_URL", "https://api.example.org/")
    assert (current().url, current().key) == ("https://api.example.org", POOR_KEY)
    monkeypatch.setenv("ACCOUNTS_API_KEY", "")
    monkeypatch.setenv("ACCOUNTS_API_URL", f"{PROD}:8443")
    assert (current().url, current().key) == (f"{PROD}:8443", FULL_KEY)


def test_the_environment_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCOUNTS_API_KEY", FULL_KEY)
    assert current().url == "http://127.0.0.1:8000"
    # A damaged file does not matter where nothing of it is needed.
    file = credentials.save(Credentials(PROD, FULL_KEY))
    file.write_text("damaged")
    monkeypatch.setenv("ACCOUNTS_API_URL", PROD)
    assert current().url == PROD


def test_an_address_in_the_environment_does_not_lure_the_stored_key_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    credentials.save(Credentials(PROD, FULL_KEY))
    monkeypatch.setenv("ACCOUNTS_API_URL", "https://evil.example")
    with pytest.raises(NotLoggedInError, match=r"login --api-url https://evil\.example"):
        current()


def test_a_key_in_the_environment_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCOUNTS_API_KEY", "hunter2")
    with pytest.raises(KeyRefusedError, match="ACCOUNTS_API_KEY cannot be used") as refused:
        current()
    assert "hunter2" not in str(refused.value)


def test_clear_text_needs_the_environments_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCOUNTS_API_KEY", FULL_KEY)
    monkeypatch.setenv("ACCOUNTS_API_URL", "http://accounts:8000")
    with pytest.raises(UsageError, match="ACCOUNTS_INSECURE=1"):
        current()
    monkeypatch.setenv("ACCOUNTS_INSECURE", "1")
    assert current().url == "http://accounts:8000"


def test_where_to_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert url_for_login(None, insecure=False) == "http://127.0.0.1:8000"
    file = credentials.save(Credentials(PROD, FULL_KEY))
    assert url_for_login(None, insecure=False) == PROD
    file.write_text("damaged")
    assert url_for_login(None, insecure=False) == "http://127.0.0.1:8000"
    monkeypatch.setenv("ACCOUNTS_API_URL", "https://api.example.org")
    assert url_for_login(None, insecure=False) == "https://api.example.org"
    assert url_for_login("https://asked.example/", insecure=False) == "https://asked.example"
    with pytest.raises(UsageError, match="--insecure"):
        url_for_login("http://asked.example", insecure=False)
    assert url_for_login("http://asked.example", insecure=True) == "http://asked.example"


def test_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert timeout() == 30
    monkeypatch.setenv("ACCOUNTS_TIMEOUT", "2.5")
    assert timeout() == 2.5
    for wrong in ("0", "-1", "soon", "nan", "inf"):
        monkeypatch.setenv("ACCOUNTS_TIMEOUT", wrong)
        with pytest.raises(UsageError, match="ACCOUNTS_TIMEOUT"):
            timeout()
