"""What tokens cost."""

from dataclasses import dataclass

from padstone.providers import Usage

__all__ = ["Price"]

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Micros for a million tokens: those that a model reads, and those that it writes.

    2.50 a million is ``2_500_000``. Raises ``ValueError`` for less than nothing.
    """

    prompt: int
    completion: int

    def __post_init__(self) -> None:
        if self.prompt < 0 or self.completion < 0:
            raise ValueError("A price is 0 or more, in micros for a million tokens.")

    def cost(self, usage: Usage) -> int:
        """What ``usage`` costs, in micros, rounded up once for all of it."""
        used = usage.prompt_tokens * self.prompt + usage.completion_tokens * self.completion
        return -(-used // _MILLION)
