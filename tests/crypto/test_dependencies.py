"""The key ring as a route finds it, and what a client learns of a secret that does not open."""

import json
from typing import Any

import pytest
from fastapi import APIRouter

from padstone.crypto import Ciphertext, KeyRingDep, Place
from padstone.settings import EncryptionSettings, Settings
from started import MakeClient

PLACE = Place("safes", "secret", ("1",))
router = APIRouter()


@router.get("/there-and-back")
async def there_and_back(keyring: KeyRingDep, text: str) -> str:
    return keyring.decrypt(PLACE, keyring.encrypt(PLACE, text))


@router.get("/forged")
async def forged(keyring: KeyRingDep) -> str:
    return keyring.decrypt(Place("other", "secret", ("1",)), keyring.encrypt(PLACE, "canary"))


async def test_settings_with_keys_open_a_ring(started: MakeClient) -> None:
    async with started(router, settings=EncryptionSettings()) as client:
        assert (await client.get("/there-and-back", params={"text": "ä"})).json() == "ä"


async def test_settings_without_keys_open_none(started: MakeClient) -> None:
    async with started(router, settings=Settings()) as client:
        answer = await client.get("/there-and-back", params={"text": "ä"})
    assert answer.status_code == 503


async def test_a_secret_that_does_not_open_is_our_defect_and_says_nothing(
    started: MakeClient, capsys: pytest.CaptureFixture[str]
) -> None:
    async with started(router, settings=EncryptionSettings(LOG_LEVEL="DEBUG")) as client:
        answer = await client.get("/forged")
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "stored_secret_unusable")
    assert problem["detail"] == "A stored secret cannot be used."
    assert "canary" not in answer.text + "".join(capsys.readouterr())


def test_a_ciphertext_cannot_be_answered_by_mistake() -> None:
    with pytest.raises(TypeError):
        json.dumps(Ciphertext(b"x"))
