"""The field's words: what may be said of prompts, files, analyses and their results."""

from enum import StrEnum

__all__ = [
    "AnalysisMode",
    "AnalysisStatus",
    "PromptKind",
    "Severity",
    "Verdict",
]


class PromptKind(StrEnum):
    """What a prompt looks at."""

    GENERAL = "general"
    ARCHITECTURE = "architecture"
    BUSINESS = "business"


class AnalysisMode(StrEnum):
    """Who judges: a language model, or a person where no model is reachable."""

    MODEL = "model"
    MANUAL = "manual"


class AnalysisStatus(StrEnum):
    """How far an analysis is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    """Whether what was analysed does what a criterion asks for."""

    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


class Severity(StrEnum):
    """How much a finding matters."""

    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
