"""Plans: which models a user may call, how often, and for how long an answer."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

__all__ = ["DEFAULT_PLAN", "PLANS", "Plan", "PlanName"]


class PlanName(StrEnum):
    """The plans there are, the smallest first."""

    FREE = "free"
    PRO = "pro"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan allows.

    ``models`` are patterns of model names, in which ``*`` stands for anything. ``rate`` is how many
    completions a user may begin, over all of their keys. ``max_output_tokens`` bounds one answer,
    and is what is reserved where a request names no bound of its own.
    """

    models: tuple[str, ...]
    rate: str
    max_output_tokens: int

    def allows(self, model: str) -> bool:
        """Whether the plan has the model of this name."""
        return any(fnmatchcase(model, pattern) for pattern in self.models)


DEFAULT_PLAN = PlanName.FREE

PLANS: dict[str, Plan] = {
    PlanName.FREE: Plan(
        models=("echo*", "*-mini", "*-mini-*", "*-nano", "*-haiku-*"),
        rate="20/minute",
        max_output_tokens=2_048,
    ),
    PlanName.PRO: Plan(models=("*",), rate="120/minute", max_output_tokens=16_384),
    PlanName.TEAM: Plan(models=("*",), rate="600/minute", max_output_tokens=65_536),
}
