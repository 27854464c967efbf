"""From what a model said of each piece to one result for each criterion."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.vocabulary import Severity, Verdict
from app.services.judging import NOT_JUDGED, Finding, Judgement

__all__ = ["Judged", "combine"]

_WORST_FIRST = list(reversed(Severity))


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said of one criterion on a piece, and how many characters the piece has."""

    judgement: Judgement
    size: int


def combine(judged: Sequence[Judged], *, most_findings: int) -> Judgement:
    """The one result of a criterion from those of all pieces, of which there is at least one.

    It is met where it is met in every piece that it applies to, not met where it is met in none,
    and else partly met. The score is the mean over these pieces, a character as good as any other;
    the worst findings are kept.
    """
    applies = [one for one in judged if one.judgement.verdict != Verdict.NOT_APPLICABLE]
    counted = applies or judged
    return Judgement(
        criterion=judged[0].judgement.criterion,
        verdict=_verdict([one.judgement.verdict for one in counted]),
        score=_score(applies),
        summary=_summary(one.judgement.summary for one in counted),
        findings=_findings(one.judgement for one in judged)[:most_findings],
    )


def _verdict(verdicts: Sequence[Verdict]) -> Verdict:
    return verdicts[0] if len(set(verdicts)) == 1 else Verdict.PARTLY_MET


def _score(applies: Sequence[Judged]) -> int | None:
    scored = [(one.judgement.score, one.size) for one in applies if one.judgement.score is not None]
    weight = sum(size for _, size in scored)
    return round(sum(score * size for score, size in scored) / weight) if weight else None


def _summary(summaries: Iterable[str]) -> str:
    # Pieces often say the same.
    said = dict.fromkeys(summary.strip() for summary in summaries)
    told = [summary for summary in said if summary and summary != NOT_JUDGED]
    return "\n\n".join(told) or NOT_JUDGED


def _findings(judgements: Iterable[Judgement]) -> list[Finding]:
    found = {
        (one.path, one.line, one.text): one
        for judgement in judgements
        for one in judgement.findings
    }
    return sorted(
        found.values(),
        key=lambda one: (_WORST_FIRST.index(one.severity), one.path or "", one.line or 0),
    )
