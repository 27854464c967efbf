import asyncio
import threading
from typing import Any

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from padstone.auth.users import passwords as module
from padstone.auth.users.passwords import Passwords
from padstone.errors import UnavailableError
from padstone.settings import UserSettings

CHEAP = UserSettings()
DEAR = UserSettings(PASSWORD_HASH_MEMORY_KIB=64, PASSWORD_HASH_PASSES=2)


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(CHEAP)


async def test_a_password_is_right_or_wrong(passwords: Passwords) -> None:
    stored = await passwords.hash("correct horse")
    assert stored.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert stored != await passwords.hash("correct horse")
    assert await passwords.verify("correct horse", stored) == (True, None)
    assert await passwords.verify("Correct horse", stored) == (False, None)
    assert await passwords.verify("", stored) == (False, None)


async def test_two_keyboards_type_one_password(passwords: Passwords) -> None:
    stored = await passwords.hash("cafe\u0301 caf\u00e9")
    assert (await passwords.verify("caf\u00e9 cafe\u0301", stored)).is_right


async def test_a_hash_of_another_cost_is_replaced(passwords: Passwords) -> None:
    stored = await passwords.hash("correct horse")
    dear = Passwords(DEAR)
    verdict = await dear.verify("correct horse", stored)
    assert verdict.is_right
    assert verdict.better_hash is not None
    assert verdict.better_hash.startswith("$argon2id$v=19$m=64,t=2,p=1$")
    assert await dear.verify("correct horse", verdict.better_hash) == (True, None)
    assert (await dear.verify("wrong", stored)).better_hash is None


@pytest.mark.parametrize("stored", [None, "", "x", "$2b$12$abc", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
async def test_25_nobodys_password_is_never_right_and_costs_as_much(
    stored: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[str] = []
    real = Argon2Hasher.verify

    def verify(self: Argon2Hasher, password: str, shown: str) -> bool:
        costs.append(shown.split("$")[3])
        return real(self, password, shown)

    monkeypatch.setattr(Argon2Hasher, "verify", verify)
    dear = Passwords(DEAR)
    assert not (await dear.verify("correct horse", stored)).is_right
    assert len(costs) == 1
    if stored is None or not stored.startswith("$argon2id"):
        assert costs == ["m=64,t=2,p=1"]


async def test_hashing_leaves_the_event_loop_alone_and_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: set[int] = set()
    running, most = 0, 0
    lock = threading.Lock()
    both = threading.Barrier(2)

    def slow(_self: Any, _password: str, **_options: Any) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            seen.add(threading.get_ident())
        both.wait(30)
        with lock:
            running -= 1
        return "hash"

    monkeypatch.setattr(Argon2Hasher, "hash", slow)
    bounded = Passwords(UserSettings(PASSWORD_HASH_THREADS=2))
    await asyncio.gather(*(bounded.hash("x") for _ in range(6)))
    assert most == 2
    assert threading.get_ident() not in seen


async def test_a_crowd_is_told_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go = threading.Event()
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    monkeypatch.setattr(Argon2Hasher, "hash", lambda *_a, **_o: str(go.wait(30)))
    bounded = Passwords(UserSettings(PASSWORD_HASH_THREADS=1))
    waiting = [asyncio.create_task(bounded.hash("x")) for _ in range(4)]
    async with asyncio.timeout(30):
        while bounded._limiter.statistics().tasks_waiting < 3:
            await asyncio.sleep(0)
    with pytest.raises(UnavailableError) as caught:
        await bounded.hash("x")
    assert caught.value.retry_after
    go.set()
    assert await asyncio.gather(*waiting) == ["True"] * 4
