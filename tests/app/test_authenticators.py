from typing import ClassVar

import pytest

from padstone.app.authenticators import prepare_sessions, prepare_users
from padstone.auth.users import Users
from padstone.jobs import Jobs
from padstone.settings import (
    DatabaseSettings,
    JobSettings,
    MailSettings,
    Settings,
    UserSettings,
)


class Complete(DatabaseSettings, UserSettings, JobSettings, MailSettings):
    SYSTEM: ClassVar[str] = "complete"


class WithoutMail(DatabaseSettings, UserSettings, JobSettings):
    pass


@pytest.mark.parametrize(
    ("settings", "jobs", "lacking"),
    [
        (Settings(), Jobs(), "Settings must inherit UserSettings"),
        (WithoutMail(), Jobs(), "WithoutMail must inherit MailSettings"),
        (Complete(), None, r"jobs=Jobs\(\)"),
    ],
)
def test_what_users_need_is_asked_for_when_the_application_is_made(
    settings: Settings, jobs: Jobs | None, lacking: str
) -> None:
    with pytest.raises(TypeError, match=lacking):
        prepare_users(settings, jobs)


def test_the_worker_knows_how_to_mail_before_anything_is_opened() -> None:
    jobs = Jobs()
    prepare_users(Complete(), jobs)
    assert set(jobs.tasks) == {"mail_user"}


@pytest.mark.parametrize(
    ("users", "lacking"),
    [(None, "users=… too"), (Users.__new__(Users), "Complete must inherit RedisSettings")],
)
def test_what_sessions_need_is_asked_for_then_too(users: Users | None, lacking: str) -> None:
    with pytest.raises(TypeError, match=lacking):
        prepare_sessions(Complete(), users)
