"""The tables. They know nobody above them."""

from app.models.analytics import AnalyticsSnapshot, InterviewEvent
from app.models.base import Base
from app.models.credential import Credential
from app.models.email import EmailThread
from app.models.idempotency import IdempotencyRecord
from app.models.job import (
    Application,
    ApplicationStatusChange,
    CoverLetter,
    JobPosting,
    JobPostingStatusChange,
)
from app.models.prompt import PromptTemplate
from app.models.resume import (
    Certification,
    Education,
    MasterResume,
    ResumeVersion,
    Skill,
    WorkExperience,
)
from app.models.upload import ResumeUpload
from app.models.user import LoginAttempt, User, UserSession

__all__ = [
    "AnalyticsSnapshot",
    "Application",
    "ApplicationStatusChange",
    "Base",
    "Certification",
    "CoverLetter",
    "Credential",
    "Education",
    "EmailThread",
    "IdempotencyRecord",
    "InterviewEvent",
    "JobPosting",
    "JobPostingStatusChange",
    "LoginAttempt",
    "MasterResume",
    "PromptTemplate",
    "ResumeUpload",
    "ResumeVersion",
    "Skill",
    "User",
    "UserSession",
    "WorkExperience",
]
