from typing import Any

import pytest

from padstone.settings import SettingsError, UserSettings

SECRET, FORMER = "s" * 40, "f" * 40
DEPLOYED: dict[str, Any] = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": SECRET,
    "PUBLIC_URL": "https://shop.example.com/app",
}


def problems(**values: Any) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        UserSettings(**values)
    assert FORMER not in str(caught.value)
    return {problem.name: problem.message for problem in caught.value.problems}


def test_nothing_need_be_set_in_development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "development")
    settings = UserSettings()
    assert settings.PASSWORD_HASH_MEMORY_KIB == 65_536
    assert (settings.LOGIN_ATTEMPTS, settings.LOGIN_WINDOW_SECONDS) == (10, 900)


def test_tests_hash_cheaply_and_nobody_else_does() -> None:
    assert UserSettings().PASSWORD_HASH_MEMORY_KIB == 8
    assert UserSettings(**DEPLOYED).PASSWORD_HASH_MEMORY_KIB == 65_536
    assert UserSettings(PASSWORD_HASH_MEMORY_KIB=64).PASSWORD_HASH_MEMORY_KIB == 64


@pytest.mark.parametrize("text", [f"{FORMER},{SECRET}", f'["{FORMER}", "{SECRET}"]'])
def test_former_secrets_are_read_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", text)
    settings = UserSettings()
    former = [secret.get_secret_value() for secret in settings.SECRET_KEY_FALLBACKS]
    assert former == [FORMER, SECRET]
    assert FORMER not in repr(settings)
    assert FORMER not in str(settings.model_dump())


def test_a_short_former_secret_is_refused() -> None:
    found = problems(SECRET_KEY_FALLBACKS=[FORMER, "short"])
    assert "shorter than 32" in found["SECRET_KEY_FALLBACKS"]


def test_37_every_unsafe_setting_is_named_at_once() -> None:
    found = problems(
        **DEPLOYED | {"PUBLIC_URL": None},
        PASSWORD_HASH_MEMORY_KIB=64,
        PASSWORD_HASH_LANES=64,
        SESSION_SECONDS=60,
    )
    assert set(found) == {"PUBLIC_URL", "PASSWORD_HASH_MEMORY_KIB", "SESSION_SECONDS"}


@pytest.mark.parametrize(
    ("changes", "name", "word"),
    [
        ({"PUBLIC_URL": None}, "PUBLIC_URL", "is not set"),
        ({"PUBLIC_URL": "http://shop.example.com"}, "PUBLIC_URL", "https"),
        ({"PUBLIC_URL": "shop.example.com"}, "PUBLIC_URL", "HTTP URL"),
        ({"PUBLIC_URL": "https://shop.example.com/#x"}, "PUBLIC_URL", "HTTP URL"),
        ({"PASSWORD_HASH_MEMORY_KIB": 4096}, "PASSWORD_HASH_MEMORY_KIB", "too cheap"),
        (
            {"PASSWORD_HASH_MEMORY_KIB": 7168, "PASSWORD_HASH_PASSES": 4},
            "PASSWORD_HASH_MEMORY_KIB",
            "PASSWORD_HASH_PASSES=4",
        ),
        ({"LOGIN_ATTEMPTS": 101}, "LOGIN_ATTEMPTS", "100"),
        ({"REFRESH_LEEWAY_SECONDS": 61}, "REFRESH_LEEWAY_SECONDS", "60"),
        ({"ACCESS_TOKEN_SECONDS": 0}, "ACCESS_TOKEN_SECONDS", "10"),
    ],
)
def test_37_what_is_unsafe_does_not_start(changes: dict[str, Any], name: str, word: str) -> None:
    found = problems(**DEPLOYED | changes)
    assert set(found) == {name}
    assert word in found[name]


@pytest.mark.parametrize(("memory", "passes"), [(7168, 5), (12_288, 3), (19_456, 2), (65_536, 3)])
def test_what_owasp_names_will_do(memory: int, passes: int) -> None:
    UserSettings(**DEPLOYED, PASSWORD_HASH_MEMORY_KIB=memory, PASSWORD_HASH_PASSES=passes)
