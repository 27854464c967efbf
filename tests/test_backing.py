"""Settings without addresses are completed, and only where that is allowed and needed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr
from redis import Redis

from padstone import backing
from padstone.devservices import ServiceError
from padstone.mail import Mailer
from padstone.settings import (
    DatabaseSettings,
    MailSettings,
    RedisSettings,
    Settings,
    StorageSettings,
)

GIVEN_DATABASE: dict[str, Any] = {"DATABASE_URL": "postgresql+asyncpg://u:p@db.example:5432/shop"}
GIVEN_STORAGE: dict[str, Any] = {
    "STORAGE_ENDPOINT_URL": "https://s3.example",
    "STORAGE_ACCESS_KEY": SecretStr("given-access"),
    "STORAGE_SECRET_KEY": SecretStr("given-secret"),
}


class Plain(Settings):
    SYSTEM = "backing_plain"


class Both(DatabaseSettings, StorageSettings):
    SYSTEM = "backing_both"


@pytest.fixture
def nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the embedded services were started")

    monkeypatch.setattr("padstone.devservices.attach", refuse)


@pytest.mark.usefixtures("nothing_starts")
@pytest.mark.parametrize("environment", ["development", "test"])
def test_nothing_is_started_when_every_address_is_given(environment: str) -> None:
    settings = Both(ENVIRONMENT=environment, **GIVEN_DATABASE, **GIVEN_STORAGE)
    with backing.attach(settings) as found:
        assert found.settings == settings.model_copy(update={"STORAGE_BUCKET": "backing-both"})
        assert found.embedded == frozenset()
        assert found.services is None


@pytest.mark.usefixtures("nothing_starts")
def test_a_system_that_needs_no_service_starts_none() -> None:
    with backing.attach(Plain(ENVIRONMENT="test")) as found:
        assert found.services is None


@pytest.mark.usefixtures("nothing_starts")
def test_nothing_is_started_where_strangers_may_come() -> None:
    # Such settings cannot be made by reading an environment; even so they are left alone.
    settings = Both(ENVIRONMENT="test").model_copy(update={"ENVIRONMENT": "production"})
    with backing.attach(settings) as found:
        assert found.settings == settings


@pytest.mark.usefixtures("embedded")
async def test_what_is_missing_is_embedded_and_answers() -> None:
    said: list[str] = []
    with backing.attach(Both(ENVIRONMENT="test"), progress=said.append) as found:
        assert found.embedded == {"database", "storage"}
        settings, services = found.settings, found.services
        assert services is not None
        assert services.storage_endpoint_url == settings.STORAGE_ENDPOINT_URL
        assert SecretStr(services.storage_access_key) == settings.STORAGE_ACCESS_KEY
        assert SecretStr(services.storage_secret_key) == settings.STORAGE_SECRET_KEY
        assert settings.STORAGE_BUCKET == "backing-both"
        url = (settings.DATABASE_URL or "").replace("+asyncpg", "")
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("SELECT current_database()") == "backing_both"
        await connection.close()


@pytest.mark.usefixtures("embedded")
def test_what_is_given_stays() -> None:
    settings = Both(ENVIRONMENT="test", STORAGE_BUCKET="mine", **GIVEN_DATABASE)
    with backing.attach(settings) as found:
        assert found.embedded == {"storage"}
        assert found.settings.DATABASE_URL == settings.DATABASE_URL
        assert found.settings.STORAGE_BUCKET == "mine"


@pytest.mark.usefixtures("embedded")
def test_a_backing_may_be_released_twice() -> None:
    found = backing.attach(Both(ENVIRONMENT="test"))
    found.release()
    found.release()


@pytest.mark.usefixtures("embedded")
def test_a_cause_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PADSTONE_POSTGRES_BIN", str(tmp_path / "nowhere"))
    with pytest.raises(ServiceError, match="PADSTONE_POSTGRES_BIN"):
        backing.attach(Both(ENVIRONMENT="test"))


@pytest.mark.usefixtures("embedded")
def test_secrets_are_not_shown() -> None:
    with backing.attach(Both(ENVIRONMENT="test")) as found:
        assert found.services is not None
        assert found.services.storage_secret_key not in repr(found)
        assert str(found.settings.DATABASE_URL).split(":")[2].split("@")[0] not in repr(found)


class Mailing(MailSettings):
    SYSTEM = "backing_mail"


@pytest.mark.usefixtures("embedded")
async def test_mail_goes_to_the_mailbox_by_the_name_of_the_system() -> None:
    with backing.attach(Mailing(ENVIRONMENT="test")) as found:
        assert found.embedded == {"mail"}
        assert found.settings.MAIL_FROM == "backing_mail@example.com"
        assert found.settings.MAIL_URL is not None
        assert found.settings.MAIL_URL.startswith("smtp://backing_mail:")
        await Mailer(found.settings).check()


@pytest.mark.usefixtures("embedded")
def test_a_sender_that_is_given_stays() -> None:
    settings = Mailing(ENVIRONMENT="test", MAIL_FROM="Shop <hello@shop.example>")
    with backing.attach(settings) as found:
        assert found.settings.MAIL_FROM == "Shop <hello@shop.example>"


@pytest.mark.usefixtures("embedded")
def test_services_without_a_mailbox_are_named_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    with backing.attach(Mailing(ENVIRONMENT="test")) as found:
        assert found.services is not None
        released: list[bool] = []

        class Old:
            services = replace(found.services, mail_url=None, mailbox_url=None)

            def release(self) -> None:
                released.append(True)

        monkeypatch.setattr("padstone.devservices.attach", lambda *_, **__: Old())
        with pytest.raises(ServiceError, match="have no mailbox"):
            backing.attach(Mailing(ENVIRONMENT="test"))
        assert released == [True]


class Kept(RedisSettings):
    SYSTEM = "backing_kept"


@pytest.mark.usefixtures("embedded")
def test_a_redis_that_is_missing_is_embedded_too() -> None:
    assert backing.without_address(Kept()) == {"redis"}
    with backing.attach(Kept(ENVIRONMENT="test")) as found:
        assert found.embedded == {"redis"}
        assert found.settings.REDIS_PREFIX == "backing_kept"
        with Redis.from_url(found.settings.REDIS_URL or "") as redis:
            assert redis.ping()


@pytest.mark.usefixtures("nothing_starts")
def test_a_redis_that_is_given_is_left_alone() -> None:
    given = Kept(ENVIRONMENT="test", REDIS_URL="redis://h/0", REDIS_PREFIX="mine")
    with backing.attach(given) as found:
        assert found.settings == given


def test_what_a_test_gives_stands_for_others_of_its_class() -> None:
    class Own(Plain):
        SYSTEM = "own"

    with backing.given(Plain(PORT=2)):
        assert backing.attach(Plain(PORT=1)).settings.PORT == 2
        assert backing.attach(Own(PORT=1)).settings.PORT == 1
    assert backing.attach(Plain(PORT=1)).settings.PORT == 1
