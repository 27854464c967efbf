"""The tables. They know nobody above them."""

from app.models.analytics import (
    AnalyticsSnapshot,
    InterviewEvent,
    InterviewOutcome,
    InterviewType,
)
from app.models.base import Base
from app.models.credential import Credential
from app.models.email import EmailClassification, EmailThread
from app.models.idempotency import IdempotencyRecord
from app.models.job import (
    Application,
    ApplicationStatus,
    ApplicationStatusChange,
    CoverLetter,
    JobPosting,
    JobPostingStatusChange,
    JobSource,
    JobStatus,
    WorkMode,
)
from app.models.prompt import PromptTask, PromptTemplate
from app.models.resume import (
    Certification,
    DegreeType,
    Education,
    ExperienceType,
    MasterResume,
    ResumeVersion,
    Skill,
    SkillCategory,
    WorkExperience,
)
from app.models.upload import ResumeUpload, UploadStatus
from app.models.user import LoginAttempt, User, UserSession

__all__ = [
    "AnalyticsSnapshot",
    "Application",
    "ApplicationStatus",
    "ApplicationStatusChange",
    "Base",
    "Certification",
    "CoverLetter",
    "Credential",
    "DegreeType",
    "Education",
    "EmailClassification",
    "EmailThread",
    "ExperienceType",
    "IdempotencyRecord",
    "InterviewEvent",
    "InterviewOutcome",
    "InterviewType",
    "JobPosting",
    "JobPostingStatusChange",
    "JobSource",
    "JobStatus",
    "LoginAttempt",
    "MasterResume",
    "PromptTask",
    "PromptTemplate",
    "ResumeUpload",
    "ResumeVersion",
    "Skill",
    "SkillCategory",
    "UploadStatus",
    "User",
    "UserSession",
    "WorkExperience",
    "WorkMode",
]
