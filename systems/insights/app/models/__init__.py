"""The tables of this system."""

from app.models.analysis import (
    Analysis,
    AnalysisEvent,
    AnalysisPart,
    AnalysisPrompt,
    AnalysisResult,
)
from app.models.api_key import ApiKey
from app.models.base import Base
from app.models.configuration import Configuration
from app.models.credit import CreditEntry, CreditHold
from app.models.file import File, Upload
from app.models.idempotency import IdempotencyRecord
from app.models.prompt import Prompt, PromptLabel, PromptVersion
from app.models.user import LoginAttempt, User, UserSession

__all__ = [
    "Analysis",
    "AnalysisEvent",
    "AnalysisPart",
    "AnalysisPrompt",
    "AnalysisResult",
    "ApiKey",
    "Base",
    "Configuration",
    "CreditEntry",
    "CreditHold",
    "File",
    "IdempotencyRecord",
    "LoginAttempt",
    "Prompt",
    "PromptLabel",
    "PromptVersion",
    "Upload",
    "User",
    "UserSession",
]
