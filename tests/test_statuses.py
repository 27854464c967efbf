"""A status machine takes the steps it names, and no other."""

from enum import StrEnum

import pytest

from padstone.statuses import StatusMachine, StatusNotReachableError


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    OFF = "off"


MACHINE = StatusMachine(
    Light.RED, {Light.RED: [Light.GREEN, Light.OFF], Light.GREEN: [Light.RED], Light.OFF: []}
)


def test_it_takes_the_steps_it_names() -> None:
    MACHINE.require(Light.RED, Light.GREEN)
    MACHINE.require(Light.RED, Light.OFF)
    assert MACHINE.following[Light.GREEN] == (Light.RED,)


@pytest.mark.parametrize(
    ("present", "wanted", "words"),
    [
        (Light.RED, Light.RED, "It is red, and what may follow is green or off, not red."),
        (Light.GREEN, Light.OFF, "It is green, and what may follow is red, not off."),
        (Light.OFF, Light.RED, "It is off, and what may follow is nothing, not red."),
    ],
)
def test_it_refuses_every_other_step_and_says_what_may_follow(
    present: Light, wanted: Light, words: str
) -> None:
    with pytest.raises(StatusNotReachableError) as refused:
        MACHINE.require(present, wanted)
    assert refused.value.detail == words


def test_what_nothing_follows_is_final() -> None:
    assert [status for status in Light if MACHINE.is_final(status)] == [Light.OFF]


def test_it_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        MACHINE.following[Light.OFF] = (Light.RED,)  # type: ignore[index]


@pytest.mark.parametrize(
    ("following", "name"),
    [
        ({Light.RED: [Light.GREEN], Light.GREEN: []}, "off"),  # not named
        ({Light.RED: [Light.GREEN], Light.GREEN: [], Light.OFF: []}, "off"),  # not reached
    ],
)
def test_a_machine_with_a_hole_is_refused(following: dict[Light, list[Light]], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        StatusMachine(Light.RED, following)
