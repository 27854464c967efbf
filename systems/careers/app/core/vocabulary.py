"""The field's words: what may be said of résumés, postings, applications and the rest."""

from enum import StrEnum

__all__ = [
    "ApplicationStatus",
    "DegreeType",
    "EmailClassification",
    "ExperienceType",
    "InterviewOutcome",
    "InterviewType",
    "JobSource",
    "JobStatus",
    "PromptTask",
    "SkillCategory",
    "UploadStatus",
    "WorkMode",
]


class ExperienceType(StrEnum):
    """How somebody is, or was, employed."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    CONTRACT = "contract"
    FREELANCE = "freelance"
    INTERNSHIP = "internship"
    APPRENTICESHIP = "apprenticeship"
    SELF_EMPLOYED = "self_employed"
    VOLUNTEER = "volunteer"


class DegreeType(StrEnum):
    """What a time of study leads to."""

    SECONDARY = "secondary"
    VOCATIONAL = "vocational"
    ASSOCIATE = "associate"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTORATE = "doctorate"
    BOOTCAMP = "bootcamp"
    OTHER = "other"


class SkillCategory(StrEnum):
    """What kind of skill it is."""

    PROGRAMMING_LANGUAGE = "programming_language"
    FRAMEWORK = "framework"
    DATABASE = "database"
    CLOUD = "cloud"
    TOOL = "tool"
    METHOD = "method"
    DOMAIN = "domain"
    SPOKEN_LANGUAGE = "spoken_language"
    SOFT_SKILL = "soft_skill"
    OTHER = "other"


class JobStatus(StrEnum):
    """How far one is with a posting."""

    SAVED = "saved"
    PREPARED = "prepared"
    APPLIED = "applied"
    INTERVIEWING = "interviewing"
    OFFER = "offer"
    REJECTED = "rejected"
    CLOSED = "closed"


class JobSource(StrEnum):
    """Where a posting was found."""

    COMPANY_WEBSITE = "company_website"
    LINKEDIN = "linkedin"
    INDEED = "indeed"
    JOB_BOARD = "job_board"
    RECRUITER = "recruiter"
    REFERRAL = "referral"
    EVENT = "event"
    OTHER = "other"


class WorkMode(StrEnum):
    """Where the work would be done."""

    ON_SITE = "on_site"
    HYBRID = "hybrid"
    REMOTE = "remote"


class ApplicationStatus(StrEnum):
    """How far an application is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VIEWED = "viewed"
    PHONE_SCREEN = "phone_screen"
    TECHNICAL = "technical"
    ONSITE = "onsite"
    OFFER = "offer"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class PromptTask(StrEnum):
    """What a model is asked to do."""

    RESUME_TAILORING = "resume_tailoring"
    RESUME_REVIEW = "resume_review"
    COVER_LETTER = "cover_letter"
    JOB_ANALYSIS = "job_analysis"
    EMAIL_CLASSIFICATION = "email_classification"
    EMAIL_REPLY = "email_reply"
    INTERVIEW_PREPARATION = "interview_preparation"


class EmailClassification(StrEnum):
    """What a thread is about."""

    CONFIRMATION = "confirmation"
    RECRUITER_OUTREACH = "recruiter_outreach"
    INTERVIEW_INVITATION = "interview_invitation"
    ASSESSMENT = "assessment"
    FOLLOW_UP = "follow_up"
    OFFER = "offer"
    REJECTION = "rejection"
    OTHER = "other"


class InterviewType(StrEnum):
    """What kind of meeting it is."""

    RECRUITER_CALL = "recruiter_call"
    PHONE_SCREEN = "phone_screen"
    TECHNICAL = "technical"
    TAKE_HOME = "take_home"
    SYSTEM_DESIGN = "system_design"
    BEHAVIORAL = "behavioral"
    ONSITE = "onsite"
    FINAL = "final"


class InterviewOutcome(StrEnum):
    """What came of it."""

    SCHEDULED = "scheduled"
    PASSED = "passed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class UploadStatus(StrEnum):
    """A file is announced, its bytes come, and a job reads it."""

    PENDING = "pending"
    STORED = "stored"
    EXTRACTED = "extracted"
    FAILED = "failed"
