import json
from typing import Any

import pytest

from padstone.settings import ProviderEntry, ProviderSettings, SettingsError

ENTRY: dict[str, Any] = {"name": "o", "kind": "openai", "key": "sk-canary", "models": ["m"]}


def read(*entries: Any) -> list[ProviderEntry]:
    return ProviderSettings(PROVIDERS=json.dumps(list(entries))).provider_entries()


def test_in_development_there_is_an_echo() -> None:
    [entry] = ProviderSettings().provider_entries()
    assert (entry.kind, entry.models) == ("echo", {"echo": "echo"})


def test_where_strangers_are_there_is_nobody(world: Any) -> None:
    world.env(ENVIRONMENT="production", **world.safe)
    assert ProviderSettings().provider_entries() == []


def test_an_entry_has_its_address_by_its_kind() -> None:
    own = {"name": "v", "base_url": "http://127.0.0.1:8080/v1/"}
    entries = read(ENTRY, ENTRY | {"name": "a", "kind": "anthropic"}, ENTRY | own)
    assert [one.base_url for one in entries] == [
        "https://api.openai.com/v1",
        "https://api.anthropic.com",
        "http://127.0.0.1:8080/v1",
    ]


def test_models_may_have_other_names_here() -> None:
    [entry] = read(ENTRY | {"models": {"fast": "gpt-5-mini"}})
    assert entry.models == {"fast": "gpt-5-mini"}


def test_keys_are_printed_nowhere() -> None:
    settings = ProviderSettings(PROVIDERS=json.dumps([ENTRY]))
    assert "canary" not in repr(settings) + repr(settings.provider_entries())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("canary", "is not a JSON list"),
        ('{"canary": 1}', "PROVIDERS"),
        ([ENTRY | {"kind": "canary"}], "number 1, kind, that is wrong"),
        ([ENTRY, ENTRY | {"name": "n", "models": []}], "number 2, models, that is wrong"),
        ([ENTRY | {"name": "Canary!"}], "number 1, name, that is wrong"),
        ([ENTRY | {"base_url": "ftp://canary"}], "number 1, that is wrong"),
        ([ENTRY | {"key": "can\nary"}], "number 1, key, that is wrong"),
        ([ENTRY | {"key": ""}], "number 1, key, that is wrong"),
        ([ENTRY | {"sk-canary": 1}], "number 1, that is wrong"),
        ([ENTRY, ENTRY], "two providers of one name"),
        ([7], "number 1, that is wrong"),
    ],
)
def test_what_is_wrong_is_said_without_repeating_it(given: Any, said: str) -> None:
    text = given if isinstance(given, str) else json.dumps(given)
    with pytest.raises(SettingsError) as raised:
        ProviderSettings(PROVIDERS=text)
    assert said in str(raised.value)
    assert "canary" not in str(raised.value).lower()
