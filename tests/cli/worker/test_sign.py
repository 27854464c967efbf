import json
import os
import time
from pathlib import Path

import pytest

from padstone.cli.worker.sign import Sign, sign_of
from padstone.errors import UnavailableError

from .conftest import Settings


@pytest.fixture
def sign(tmp_path: Path) -> Sign:
    return Sign(tmp_path / "sign", lasts=10)


def test_a_fresh_sign_is_a_life(sign: Sign) -> None:
    sign.give(running=2)
    assert sign.look() == f"The worker (process {os.getpid()}) lives and runs 2 jobs."
    assert list(sign.path.parent.iterdir()) == [sign.path]


def test_an_old_one_is_none(sign: Sign) -> None:
    sign.path.write_text(json.dumps({"pid": 7, "at": time.time() - 11, "running": 0}))
    with pytest.raises(UnavailableError, match=r"process 7.*no sign of life for 11 s, and 10 s"):
        sign.look()


def test_none_is_none(sign: Sign) -> None:
    sign.give(running=0)
    sign.take_back()
    sign.take_back()
    with pytest.raises(UnavailableError, match="No worker runs"):
        sign.look()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": "x", "at": 1, "running": 1}'])
def test_another_file_is_said(sign: Sign, text: str) -> None:
    sign.path.write_text(text)
    with pytest.raises(UnavailableError, match="cannot be read"):
        sign.look()


def test_it_is_where_the_settings_say(tmp_path: Path) -> None:
    chosen = sign_of(Settings(JOBS_HEALTH_FILE=str(tmp_path / "x"), JOBS_LEASE_SECONDS=7))
    assert chosen == Sign(tmp_path / "x", 7)
    assert "tiny" in sign_of(Settings()).path.name
