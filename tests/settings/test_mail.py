"""A system that sends mail knows by which server, and as whom."""

import pytest

from padstone.settings import MailSettings, explain

from .conftest import World

URL = "smtp://shop:canary@mail.example:587"
DEPLOYED = {"ENVIRONMENT": "production", "SECRET_KEY": "k" * 40}


def test_development_needs_neither(world: World) -> None:
    settings = MailSettings()
    assert (settings.MAIL_URL, settings.MAIL_FROM) == (None, "")


def test_a_deployed_system_needs_both(world: World) -> None:
    world.env(**DEPLOYED)
    assert list(world.problems(MailSettings)) == ["MAIL_URL"]
    world.env(MAIL_URL=URL)
    assert list(world.problems(MailSettings)) == ["MAIL_FROM"]
    world.env(MAIL_FROM="Shop <hello@shop.example>")
    assert MailSettings().MAIL_FROM == "Shop <hello@shop.example>"


def test_a_server_that_is_given_needs_a_sender_everywhere(world: World) -> None:
    world.env(MAIL_URL=URL)
    assert "name the sender" in world.problems(MailSettings)["MAIL_FROM"]


def test_a_sender_that_is_none_is_not_repeated(world: World) -> None:
    world.env(MAIL_FROM="canary")
    problem = world.problems(MailSettings)["MAIL_FROM"]
    assert "is not an e-mail address" in problem
    assert "canary" not in problem


def test_authorities_must_be_readable(world: World) -> None:
    problems = world.problems(MailSettings, MAIL_SSL_ROOT_CERT=str(world.folder / "gone.pem"))
    assert list(problems) == ["MAIL_SSL_ROOT_CERT"]


@pytest.mark.parametrize("name", ["MAIL_CONNECT_TIMEOUT_SECONDS", "MAIL_TIMEOUT_SECONDS"])
def test_patience_is_positive(world: World, name: str) -> None:
    assert list(world.problems(MailSettings, **{name: 0})) == [name]


def test_the_password_is_not_shown(world: World) -> None:
    settings = MailSettings(MAIL_URL=URL, MAIL_FROM="hello@shop.example")
    assert "canary" not in repr(settings)
    [shown] = [row.value for row in explain(settings) if row.name == "MAIL_URL"]
    assert shown == "smtp://shop:********@mail.example:587"
