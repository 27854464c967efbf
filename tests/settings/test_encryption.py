"""ENCRYPTION_KEYS: every problem at once, no value in any, and a key where nobody gave one."""

import base64
import secrets
from typing import Any

import pytest

from padstone.settings import EncryptionKey, EncryptionSettings, SettingsError, env_example, explain

from .conftest import World


def entry(name: str, size: int = 32) -> str:
    return f"{name}:{base64.b64encode(secrets.token_bytes(size)).decode()}"


def problems(**values: Any) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        EncryptionSettings(**values)
    assert {problem.name for problem in refused.value.problems} == {"ENCRYPTION_KEYS"}
    return [problem.message for problem in refused.value.problems]


DEPLOYED = {"ENVIRONMENT": "production", "SECRET_KEY": "s" * 40}


def test_an_empty_environment_has_a_key_of_its_own(world: World) -> None:
    (derived,) = EncryptionSettings().encryption_keys()
    assert (derived.id, len(derived.secret)) == ("development", 32)
    assert EncryptionSettings().encryption_keys() == [derived]
    (other,) = EncryptionSettings(SECRET_KEY="s" * 40).encryption_keys()
    assert other.secret != derived.secret


def test_given_keys_go_before_the_derived_one(world: World) -> None:
    world.env(ENCRYPTION_KEYS=f"{entry('k2')}, {entry('k1')},")
    assert [key.id for key in EncryptionSettings().encryption_keys()] == ["k2", "k1", "development"]


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_what_is_deployed_has_given_keys_only(world: World, environment: str) -> None:
    deployed = {**DEPLOYED, "ENVIRONMENT": environment}
    (missing,) = problems(**deployed)
    assert "padstone keys generate-encryption" in missing
    (blank,) = problems(**deployed, ENCRYPTION_KEYS=" , ")
    assert blank == missing
    settings = EncryptionSettings(**deployed, ENCRYPTION_KEYS=entry("k1"))
    assert [key.id for key in settings.encryption_keys()] == ["k1"]


def test_keys_are_read_in_both_alphabets_and_without_padding(world: World) -> None:
    secret = bytes(range(224, 256))
    forms = [
        base64.b64encode(secret).decode(),
        base64.urlsafe_b64encode(secret).decode(),
        base64.b64encode(secret).decode().rstrip("="),
    ]
    for form in forms:
        key = EncryptionSettings(ENCRYPTION_KEYS=f"k1:{form}").encryption_keys()[0]
        assert key == EncryptionKey("k1", secret)


@pytest.mark.parametrize("environment", ["development", "production"])
def test_every_problem_is_named_at_once_and_no_value(world: World, environment: str) -> None:
    same = entry("k1")
    bad = [
        same,
        entry("k2", 16),
        entry("k3", 33),
        "canary-without-a-colon",
        "K4:canary",
        "k5:canary!",
        "k6:" + base64.b64encode(b"a" * 32).decode(),
        entry("k1"),
        same.replace("k1", "k7"),
        entry("development"),
        "k8:",
    ]
    found = problems(**{**DEPLOYED, "ENVIRONMENT": environment}, ENCRYPTION_KEYS=",".join(bad))
    assert [message.split(";")[0].removeprefix("has an entry, ") for message in found] == [
        "number 2, that has a key of 16 bytes, and AES-256 needs 32",
        "number 3, that has a key of 33 bytes, and AES-256 needs 32",
        "number 4, that does not begin with an id of small letters and digits and a colon",
        "number 5, that does not begin with an id of small letters and digits and a colon",
        "number 6, that is not base64 behind its colon",
        "number 7, that has a key that is not random",
        "number 8, that has the id of an earlier one",
        "number 9, that has the key of an earlier one",
        "number 10, that has the id development, which the derived key has",
        "number 11, that has a key of 0 bytes, and AES-256 needs 32",
    ]
    text = "\n".join(found)
    assert "canary" not in text
    assert all(value.partition(":")[2] not in text for value in bad if value.partition(":")[2])


def test_no_key_is_shown(world: World) -> None:
    given = entry("k1")
    settings = EncryptionSettings(ENCRYPTION_KEYS=given)
    secret = given.partition(":")[2]
    (row,) = [row for row in explain(settings) if row.name == "ENCRYPTION_KEYS"]
    assert (row.value, row.source) == ("********", "argument")
    shown = [repr(settings), str(settings), repr(settings.encryption_keys()), str(row)]
    raw = repr(base64.b64decode(secret))
    assert not any(secret in text or raw in text for text in shown)
    assert "ENCRYPTION_KEYS=\n" in env_example(EncryptionSettings)
