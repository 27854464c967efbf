"""Addresses that a driver would misread are refused, and those it understands are not."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from padstone.settings.addresses import (
    database_url,
    http_url,
    mail_url,
    mailbox,
    network,
    origin,
    redis_url,
)


@pytest.mark.parametrize(
    "rest",
    [
        "u:p@db.example:5432/shop",
        "u@db.example/shop",
        "db.example/shop",
        "/shop",
        "u:p@[::1]:5432/shop",
        "u:p@[2001:db8::1]/shop",
        "u:p@/shop?host=/run/postgresql",
        "u:p@/shop?host=a:5432&host=b:5432&target_session_attrs=primary",
        "db.example/shop?user=u&password=p",
        "u:a:b@db.example/shop",  # the first colon ends the user
    ],
)
@pytest.mark.parametrize("scheme", ["postgresql+asyncpg", "postgresql", "postgres"])
def test_what_the_driver_understands_is_taken(scheme: str, rest: str) -> None:
    assert database_url(f"{scheme}://{rest}") == f"postgresql+asyncpg://{rest}"
    assert database_url(f" {scheme}://{rest}\n") == f"postgresql+asyncpg://{rest}"
    assert make_url(database_url(f"{scheme}://{rest}")).database == "shop"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "not a PostgreSQL URL"),
        ("canary", "not a PostgreSQL URL"),
        ("mysql://u:canary@db.example/shop", "not a PostgreSQL URL"),
        ("postgresql+psycopg://u:canary@db.example/shop", "not a PostgreSQL URL"),
        ("postgres:/u:canary@db.example/shop", "not a PostgreSQL URL"),
        ("postgres://u:canary@db.example", "names no database"),
        ("postgres://u:canary@db.example/", "names no database"),
        ("postgres://u:canary@db.example:many/shop", "a port that is not a number"),
        ("postgres://u:canary@db.example:70000/shop", "a port that is not a number"),
        ("postgres://u:can@ary@db.example/shop", "percent-encoding"),
        ("postgres://u:can/ary@db.example/shop", "percent-encoding"),
        ("postgres://u:12/canary@db.example/shop", "percent-encoding"),
        ("postgres://u:12?canary@db.example/shop", "percent-encoding"),
        ("postgres://u:12#canary@db.example/shop", "percent-encoding"),
        ("postgres://u:can[ary@db.example/shop", "percent-encoding"),
        ("postgres://u:can\u2100ary@db.example/shop", "percent-encoding"),
        ("postgres://u:p@db.example/shop#canary", "percent-encoding"),
        ("postgres://u:p@db.example/shop?sslmode=canary", "set DATABASE_SSL"),
        ("postgres://u:p@db.example/shop?ssl=canary", "set DATABASE_SSL"),
        ("postgres://u:p@db.example/shop?canary=1", "not taken there"),
        ("postgres://u:p@db.example/shop?application_name=canary", "not taken there"),
    ],
)
def test_what_it_would_misread_is_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        database_url(url)
    assert "canary" not in str(caught.value)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1))
def test_any_password_arrives_when_it_is_percent_encoded(password: str) -> None:
    url = make_url(database_url(f"postgresql://u:{quote(password, safe='')}@db.example:1/shop"))
    assert (url.username, url.password, url.host, url.port) == ("u", password, "db.example", 1)


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_plain_password_arrives_as_it_is_or_is_refused(password: str) -> None:
    try:
        url: Any = make_url(database_url(f"postgresql://u:{password}@db.example:1/shop"))
    except ValueError as error:
        assert len(password) < 8 or password not in str(error)
    else:
        # A percent sign is taken for the beginning of an encoding, as everywhere in URLs.
        assert "%" in password or url.password == password
        assert (url.username, url.host, url.port) == ("u", "db.example", 1)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000", "https://s3.example/", "http://[::1]:1/path/", "HTTPS://S3"]
)
def test_an_http_url_loses_its_last_slash(url: str) -> None:
    assert http_url(url) == url.removesuffix("/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "canary",
        "//canary",
        "ftp://canary",
        "https://",
        "https://:9000",
        "http://canary:many",
        "http://canary:70000",
        "http://[canary",
        "http://\u2100canary",
        "http://canary?x",
        "http://canary#x",
        "http://user:canary@s3.example",
    ],
)
def test_what_is_no_http_url_is_refused_in_words(url: str) -> None:
    with pytest.raises(
        ValueError, match=r"is not an HTTP URL|holds a user or a password"
    ) as caught:
        http_url(url)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("*", "*"),
        (" https://app.example\n", "https://app.example"),
        ("https://app.example", "https://app.example"),
        ("HTTPS://App.Example", "https://app.example"),
        ("https://app.example:443", "https://app.example"),
        ("https://app.example:8443", "https://app.example:8443"),
        ("https://app.example:80", "https://app.example:80"),
        ("http://app.example:80", "http://app.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_an_origin_is_what_a_browser_sends(text: str, sent: str) -> None:
    assert origin(text) == sent


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "canary.example",
        "//canary.example",
        "ftp://canary.example",
        "https://",
        "https://:1",
        "https://canary.example/",
        "https://canary.example/x",
        "https://canary.example?x",
        "https://canary.example#x",
        "https://canary.example:many",
        "https://canary.example:70000",
        "https://u:canary@app.example",
        "https://*.canary.example",
        "https://c\u00e4nary.example",
        "https://[canary",
        "https://\u2100canary",
        "https://canary .example",
        "https://canary\t.example",
    ],
)
def test_what_no_browser_sends_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="not an origin") as caught:
        origin(text)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "smtp://mail.example",
        "smtp://mail.example:25",
        "smtps://u:p@mail.example:465",
        "smtp://me%40shop.example:a%2Fb@mail.example",
        "smtp://u:p@[2001:db8::1]:587",
    ],
)
def test_mail_servers(url: str) -> None:
    assert mail_url(url) == mail_url(f" {url}/\n") == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "not an SMTP URL"),
        ("canary", "not an SMTP URL"),
        ("http://canary", "not an SMTP URL"),
        ("smtp://", "not an SMTP URL"),
        ("smtp://u:canary@", "not an SMTP URL"),
        ("smtp://u:can/ary@mail.example", "percent-encoding"),
        ("smtp://u:can#ary@mail.example", "percent-encoding"),
        ("smtp://u:can?ary@mail.example", "percent-encoding"),
        ("smtp://u:can@ary@mail.example", "percent-encoding"),
        ("smtp://mail.example?tls=canary", "percent-encoding"),
        ("smtp://mail.example:canary", "a port that is not a number"),
        ("smtp://mail.example:70000", "a port that is not a number"),
        ("smtp://canary@mail.example", "without the other"),
        ("smtp://:canary@mail.example", "without the other"),
        ("smtp://[canary", "not an SMTP URL"),
    ],
)
def test_what_is_no_mail_server_is_refused_and_not_repeated(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        mail_url(url)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@shop.example", ("", "a@shop.example")),
        (" a@shop.example ", ("", "a@shop.example")),
        ("Shop <a@shop.example>", ("Shop", "a@shop.example")),
        ('"Shop, Inc." <a@shop.example>', ("Shop, Inc.", "a@shop.example")),
        ("Zoë <a@Shop.Example>", ("Zoë", "a@shop.example")),
        ("a@bücher.example", ("", "a@xn--bcher-kva.example")),
        ("a@shop.test", ("", "a@shop.test")),
        ("a@intranet", ("", "a@intranet")),
    ],
)
def test_mailboxes(text: str, expected: tuple[str, str]) -> None:
    assert tuple(mailbox(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "canary", "<>", "Canary <>", "a@", "@canary", "a@b@canary.example"),
        *("a b@canary.example", "a@canary.example>", "a@canary.example, b@canary.example"),
        "canary\r\nTo: x <a@b.example>",
    ],
)
def test_what_is_no_mailbox_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an e-mail address|has a name with") as refused:
        mailbox(text)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        *("redis://localhost", "redis://h:1/0", "rediss://u:p@h/15", "redis://:p@[::1]:6379/0"),
        "redis://:p%40ss@h",
    ],
)
def test_redis_urls(url: str) -> None:
    assert redis_url(f" {url} ") == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("canary", "is not a Redis URL"),
        ("http://canary", "is not a Redis URL"),
        ("unix:///canary", "is not a Redis URL"),
        ("redis://", "is not a Redis URL"),
        ("redis://:can/ary@h", "percent-encoding"),
        ("redis://:can#ary@h", "percent-encoding"),
        ("redis://:can?ary@h", "percent-encoding"),
        ("redis://:can@ary@h", "percent-encoding"),
        ("redis://h:canary", "a port that is not a number"),
        ("redis://h:70000", "a port that is not a number"),
        ("redis://h/canary", "names a database that is not a number"),
        ("redis://h/0?socket_timeout=canary", "settings of their own"),
    ],
)
def test_what_is_no_redis_is_refused_and_not_repeated(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        redis_url(url)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.7", "10.0.0.7/32"),
        (" 10.0.0.0/8", "10.0.0.0/8"),
        ("fd00::/8", "fd00::/8"),
        ("2001:DB8::1", "2001:db8::1/128"),
    ],
)
def test_networks(text: str, expected: str) -> None:
    assert network(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("canary", "no address and no network"),
        ("*", "no address and no network"),
        ("10.0.0.7/8", "no address and no network"),
        ("0.0.0.0/0", "trusts everybody"),
        ("::/0", "trusts everybody"),
    ],
)
def test_what_is_no_network(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        network(text)
    assert "canary" not in str(refused.value)
