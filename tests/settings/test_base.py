"""Settings are read from where they should be, and all that is wrong with them is said at once."""

import os
import subprocess
import sys
import textwrap
import traceback
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, Field, SecretStr, TypeAdapter, model_validator

from padstone.settings import (
    DatabaseSettings,
    RedisSettings,
    Settings,
    SettingsError,
    StorageSettings,
    UserSettings,
)
from padstone.settings.base import DEVELOPMENT_SECRET_KEY, PROFILES, names_of


class Shop(DatabaseSettings, StorageSettings):
    SYSTEM = "shop"


DEPLOYED = ["staging", "production"]


def test_an_empty_environment_is_enough_for_development(world: Any) -> None:
    settings = Shop()
    assert settings.ENVIRONMENT == "development"
    assert (settings.DEBUG, settings.LOG_FORMAT) == (True, "console")
    assert settings.DATABASE_URL is None
    assert settings.SECRET_KEY == SecretStr(DEVELOPMENT_SECRET_KEY)


@pytest.mark.parametrize("name", Shop.model_fields)
def test_each_setting_is_described_and_has_a_default_that_would_be_accepted(name: str) -> None:
    field = Shop.model_fields[name]
    assert (field.description or "").endswith((".", "origins: commas or a JSON list."))
    assert not field.is_required()
    default = field.get_default(call_default_factory=True, validated_data={})
    adapter: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
    assert adapter.validate_python(default) == default


def test_each_profile_sets_what_there_is() -> None:
    for values in PROFILES.values():
        Settings.__pydantic_validator__.validate_python({"ENVIRONMENT": "test", **values})
        # A group of settings may have a profile too.
        groups = (Settings, UserSettings, RedisSettings)
        assert set(values) <= {name for group in groups for name in group.model_fields}


@pytest.mark.parametrize("environment", DEPLOYED)
def test_what_is_safe_starts(world: Any, environment: str) -> None:
    world.env(ENVIRONMENT=environment, **world.safe)
    settings = Shop()
    assert settings.is_deployed
    assert (settings.DEBUG, settings.ALLOWED_ORIGINS, settings.LOG_FORMAT) == (False, [], "json")


# One entry per rule: what is changed in safe settings (None removes it), and what is named.
UNSAFE: dict[str, tuple[dict[str, str | None], str]] = {
    "no key of one's own": ({"SECRET_KEY": None}, "SECRET_KEY"),
    "the published key": ({"SECRET_KEY": DEVELOPMENT_SECRET_KEY}, "SECRET_KEY"),
    "a short key": ({"SECRET_KEY": "canary"}, "SECRET_KEY"),
    "debug": ({"DEBUG": "true"}, "DEBUG"),
    "any origin": ({"ALLOWED_ORIGINS": "*"}, "ALLOWED_ORIGINS"),
    "any origin with cookies": (
        {"ALLOWED_ORIGINS": "https://a.example,*", "ALLOW_CREDENTIALS": "true"},
        "ALLOWED_ORIGINS",
    ),
    "no database": ({"DATABASE_URL": None}, "DATABASE_URL"),
    "a pool that is smaller than itself": (
        {"DATABASE_POOL_SIZE": "2", "DATABASE_POOL_MIN_SIZE": "3"},
        "DATABASE_POOL_MIN_SIZE",
    ),
    "TLS without authorities": ({"DATABASE_SSL": "verify-full"}, "DATABASE_SSL_ROOT_CERT"),
    "TLS with authorities nowhere": (
        {"DATABASE_SSL_ROOT_CERT": "/nowhere/canary.pem"},
        "DATABASE_SSL_ROOT_CERT",
    ),
    "no storage": ({"STORAGE_ENDPOINT_URL": None}, "STORAGE_ENDPOINT_URL"),
    "no access key": ({"STORAGE_ACCESS_KEY": None}, "STORAGE_ACCESS_KEY"),
    "no secret access key": ({"STORAGE_SECRET_KEY": None}, "STORAGE_SECRET_KEY"),
    "no bucket": ({"STORAGE_BUCKET": None}, "STORAGE_BUCKET"),
    "secret files nowhere": ({"SECRETS_DIR": "/nowhere/canary"}, "SECRETS_DIR"),
    "no profile of ours": ({"ENVIRONMENT": "prod"}, "ENVIRONMENT"),
}


@pytest.mark.parametrize("environment", DEPLOYED)
@pytest.mark.parametrize("rule", UNSAFE)
def test_each_unsafe_value_alone_is_refused(world: Any, rule: str, environment: str) -> None:
    changes, named = UNSAFE[rule]
    changed = {"ENVIRONMENT": environment, **world.safe, **changes}
    world.env(**{name: value for name, value in changed.items() if value is not None})
    problems = world.problems(Shop)
    assert list(problems) == [named]
    assert "canary" not in str(problems)


def test_all_unsafe_values_are_named_at_once(world: Any) -> None:
    world.env(
        ENVIRONMENT="production",
        DEBUG="true",
        ALLOWED_ORIGINS="*",
        PORT="many",
        DATABASE_POOL_SIZE="2",
        DATABASE_SSL="verify-ca",
        SECRETS_DIR="/nowhere",
    )
    assert set(world.problems(Shop)) == {
        "PORT",
        "SECRET_KEY",
        "DEBUG",
        "ALLOWED_ORIGINS",
        "SECRETS_DIR",
        "DATABASE_URL",
        "DATABASE_POOL_MIN_SIZE",
        "DATABASE_SSL_ROOT_CERT",
        "STORAGE_ENDPOINT_URL",
        "STORAGE_ACCESS_KEY",
        "STORAGE_SECRET_KEY",
        "STORAGE_BUCKET",
    }


def test_a_value_that_makes_no_sense_is_named_once(world: Any) -> None:
    world.env(ENVIRONMENT="production", **{**world.safe, "SECRET_KEY": "short"})
    with pytest.raises(SettingsError) as caught:
        Shop()
    assert [problem.name for problem in caught.value.problems] == ["SECRET_KEY"]


def test_any_origin_with_cookies_is_refused_in_development_too(world: Any) -> None:
    world.env(ALLOWED_ORIGINS="*")
    assert Shop().ALLOWED_ORIGINS == ["*"]
    world.env(ALLOW_CREDENTIALS="true")
    assert list(world.problems(Shop)) == ["ALLOWED_ORIGINS"]


class TestPrecedence:
    def test_first_wins(self, world: Any) -> None:
        world.secret_file("PORT", "1")
        assert Shop().PORT == 1
        world.dotenv("PORT=2\n")
        assert Shop().PORT == 2
        world.env(PORT="3")
        assert Shop().PORT == 3
        assert Shop(PORT=4).PORT == 4

    def test_a_profile_yields_to_each_of_them(self, world: Any) -> None:
        world.secret_file("DEBUG", "false")
        assert Shop().DEBUG is False
        world.dotenv("LOG_FORMAT=json\n")
        assert Shop().LOG_FORMAT == "json"

    @pytest.mark.parametrize("place", ["env", "dotenv", "secret_file", "argument"])
    def test_the_profile_may_be_named_anywhere(self, world: Any, place: str) -> None:
        arguments = {}
        match place:
            case "env":
                world.env(ENVIRONMENT="production")
            case "dotenv":
                world.dotenv("ENVIRONMENT=production\n")
            case "secret_file":
                world.secret_file("ENVIRONMENT", "production\n")
            case _:
                arguments = {"ENVIRONMENT": "production"}
        with pytest.raises(SettingsError, match="ENVIRONMENT=production") as caught:
            Shop(**arguments)
        assert "SECRET_KEY" in dict(caught.value.problems)

    def test_tests_do_not_read_env_files(self, world: Any) -> None:
        world.dotenv("PORT=2\n")
        world.env(ENVIRONMENT="test")
        assert Shop().PORT == 8000

    def test_unknown_names_are_no_business_of_ours(self, world: Any) -> None:
        world.dotenv("SOMETHING_ELSE=1\nPORT=2\n")
        assert Shop().PORT == 2

    def test_empty_values_count_as_unset(self, world: Any) -> None:
        world.dotenv("".join(f"{name}=\n" for name in Shop.model_fields))
        assert Shop() == Shop.model_construct(**Shop(_env_file=None).model_dump())
        world.env(**dict.fromkeys(Shop.model_fields, ""), SECRETS_DIR="")
        assert Shop().model_dump() == Shop(_env_file=None).model_dump()

    def test_an_empty_key_in_code_is_refused(self, world: Any) -> None:
        assert list(world.problems(Shop, SECRET_KEY="")) == ["SECRET_KEY"]

    def test_an_env_file_that_is_no_text(self, world: Any) -> None:
        (world.folder / ".env").write_bytes(b"SECRET_KEY=canary\xff\n")
        assert world.problems(Shop) == {".env": "cannot be read; it must be a text file in UTF-8."}


class Own(Settings):
    NUMBERS: list[int] = Field(default_factory=list, description="A list.")
    WORDS: frozenset[str] | None = Field(None, description="A set.")
    LIMITS: dict[str, int] = Field(default_factory=dict, description="A mapping.")
    NOTE: str = Field("", description="A text.")


class TestLists:
    @pytest.mark.parametrize("text", ["1,2,3", " 1, 2 ,3,", "[1, 2, 3]", ' ["1", 2, 3] '])
    def test_commas_or_json(self, world: Any, text: str) -> None:
        world.env(NUMBERS=text)
        assert Own().NUMBERS == [1, 2, 3]

    def test_every_collection_of_a_system(self, world: Any) -> None:
        world.env(WORDS="a,b,a", LIMITS='{"a": 1}', NOTE="[a],{b}")
        settings = Own()
        assert settings.WORDS == {"a", "b"}
        assert settings.LIMITS == {"a": 1}
        assert settings.NOTE == "[a],{b}"

    @pytest.mark.parametrize(
        ("name", "text", "words"),
        [
            ("NUMBERS", "[1, canary", "neither a comma-separated nor a JSON list"),
            ("NUMBERS", "1,canary", "is not a whole number"),
            ("LIMITS", "{canary", "not a JSON object"),
            ("LIMITS", "canary", "must be a valid dictionary"),
            ("WORDS", '["a", canary]', "neither a comma-separated nor a JSON list"),
        ],
    )
    def test_what_cannot_be_read_is_named_beside_the_rest(
        self, world: Any, name: str, text: str, words: str
    ) -> None:
        world.env(**{name: text, "PORT": "many"})
        problems = world.problems(Own)
        assert set(problems) == {name, "PORT"}
        assert words in problems[name]
        assert "canary" not in problems[name]


def test_origins_are_written_as_browsers_write_them(world: Any) -> None:
    world.env(ALLOWED_ORIGINS="https://App.Example.com:443,http://localhost:3000,http://[::1]:80")
    assert Shop().ALLOWED_ORIGINS == [
        "https://app.example.com",
        "http://localhost:3000",
        "http://[::1]",
    ]


def test_a_database_may_go_by_its_other_name(world: Any) -> None:
    world.env(DATABASE_ASYNC_URL=world.url)
    assert Shop().DATABASE_URL == world.url
    world.env(DATABASE_URL="")
    assert Shop().DATABASE_URL == world.url
    world.env(DATABASE_URL=world.url.replace("shop", "other"))
    assert (Shop().DATABASE_URL or "").endswith("/other")
    assert names_of(Shop, "DATABASE_URL") == {"DATABASE_URL", "DATABASE_ASYNC_URL"}


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_ASYNC_URL"])
@pytest.mark.parametrize("place", ["env", "argument"])
def test_a_wrong_url_is_named_under_either_name(world: Any, name: str, place: str) -> None:
    wrong = {"PORT": "many", name: "mysql://someone:canary@db.example/shop"}
    if place == "env":
        world.env(**wrong)
        problems = world.problems(Shop)
        assert set(problems) == {"PORT", "DATABASE_URL"}
    else:
        problems = world.problems(Shop, **wrong)
        assert set(problems) == {"PORT", name}
    assert "canary" not in str(problems)


class Strict(Settings):
    NEEDED: str = Field(description="Nothing starts without it.")
    LOW: int = Field(1, description="The smaller.")
    HIGH: int = Field(2, description="The larger.")

    @model_validator(mode="after")
    def _in_order(self) -> "Strict":
        if self.LOW > self.HIGH:
            raise ValueError("LOW must not be larger than HIGH")
        return self


def test_rules_that_a_system_adds_are_named_with_the_others(world: Any) -> None:
    world.env(PORT="many")
    assert world.problems(Strict) == {"PORT": "is not a whole number.", "NEEDED": "is not set."}
    world.env(NEEDED="x", LOW="3", PORT="1")
    assert world.problems(Strict) == {"settings": "LOW must not be larger than HIGH."}


class TestSecrecy:
    """No value is in any message, since any might be a secret that was put in the wrong place."""

    @pytest.mark.parametrize("name", Shop.model_fields)
    def test_a_wrong_value_is_never_repeated(self, world: Any, name: str) -> None:
        wrong = "canary{0}%s\n\x1b[31m"
        world.env(**{"ENVIRONMENT": "production", **world.safe, name: wrong})
        try:
            Shop()
        except SettingsError as error:
            told = [str(error), repr(error), "".join(traceback.format_exception(error))]
            assert "canary" not in "".join(told)
            assert error.__context__ is None
            assert error.__cause__ is None

    def test_settings_do_not_show_their_secrets(self, world: Any) -> None:
        world.env(METRICS_TOKEN="canary-token", DATABASE_DIRECT_URL=world.url, **world.safe)
        settings = Shop()
        assert "canary" not in f"{settings!r}{settings!s}{settings:}"

    def test_nor_when_they_are_used_as_a_model(self, world: Any) -> None:
        with pytest.raises(ValueError, match="PORT") as caught:
            Shop.model_validate({"PORT": "canary"})
        assert "canary" not in str(caught.value)

    def test_settings_pass_through_another_model(self, world: Any) -> None:
        class Holder(BaseModel):
            settings: Settings

        assert Holder(settings=(settings := Shop())).settings is settings


def test_settings_cannot_be_changed(world: Any) -> None:
    with pytest.raises(ValueError, match="frozen"):
        Shop().PORT = 1


MAIN = """
from typing import ClassVar
from padstone.settings import DatabaseSettings, StorageSettings

class Settings(DatabaseSettings, StorageSettings):
    SYSTEM: ClassVar[str] = "shop"

settings = Settings()
"""


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["-m", "uvicorn", "main:app", "--port", "0"], id="uvicorn"),
        pytest.param(["-c", "import main"], id="import"),
        pytest.param(["main.py"], id="script"),
    ],
)
def test_a_server_that_cannot_read_them_prints_words_and_ends(
    world: Any, tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "main.py").write_text(MAIN)
    unsafe = {**world.safe, "SECRET_KEY": "canary", "PORT": "canary", "DATABASE_URL": "canary://x"}
    ran = subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "ENVIRONMENT": "production", "DEBUG": "true", **unsafe},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr == textwrap.dedent("""\
        The settings cannot be used (ENVIRONMENT=production), for 4 reasons:

          SECRET_KEY    is shorter than 32 characters; make one with `openssl rand -base64 48`.
          PORT          is not a whole number.
          DATABASE_URL  is not a PostgreSQL URL; write postgresql+asyncpg://USER:PASSWORD@HOST:PORT/NAME.
          DEBUG         is on; remove it or set DEBUG=false.
        """)  # the words as they are
