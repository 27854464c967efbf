"""The server that a URL names."""

from collections.abc import Callable

import pytest

from padstone.mail.server import MailServer
from padstone.settings import MailSettings


@pytest.mark.parametrize(
    ("url", "port", "encrypted", "starts_tls"),
    [
        ("smtp://u:p@mail.example", 587, False, True),
        ("smtp://u:p@mail.example:2525", 2525, False, True),
        ("smtp://mail.example", 25, False, None),
        ("smtps://u:p@mail.example", 465, True, False),
        ("smtps://mail.example", 465, True, False),
        ("smtp://u:p@127.0.0.1:2525", 2525, False, None),
        ("smtp://u:p@localhost:2525", 2525, False, None),
        ("smtp://u:p@[::1]:2525", 2525, False, None),
        ("smtp://u:p@127.0.0.1.evil.example", 587, False, True),
        ("smtp://u:p@10.0.0.1", 587, False, True),
    ],
)
def test_a_password_needs_encryption_on_its_way_to_another_machine(
    settings: Callable[..., MailSettings],
    url: str,
    port: int,
    *,
    encrypted: bool,
    starts_tls: bool | None,
) -> None:
    connection = MailServer(settings(url)).connection()
    assert connection.port == port
    assert connection.use_tls is encrypted
    assert connection._start_tls_on_connect is starts_tls


def test_what_was_escaped_is_sent_as_it_was_meant(settings: Callable[..., MailSettings]) -> None:
    connection = MailServer(
        settings("smtp://me%40shop.example:a%2Fb%3Ac@mail.example")
    ).connection()
    assert connection._login_username == "me@shop.example"
    assert connection._login_password == "a/b:c"


def test_certificates_count_where_the_server_is_another_machine(
    settings: Callable[..., MailSettings],
) -> None:
    assert MailServer(settings("smtps://mail.example"))._tls.check_hostname
    assert not MailServer(settings("smtps://localhost"))._tls.check_hostname


def test_settings_without_a_server_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="MAIL_URL is not set"):
        MailServer(MailSettings())


def test_a_password_is_not_shown(settings: Callable[..., MailSettings]) -> None:
    assert "canary" not in repr(MailServer(settings("smtp://u:canary@mail.example")))
