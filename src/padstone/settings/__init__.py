"""Settings: read from environment, ``.env`` and secret files, checked before anything starts.

A system composes its own class from the groups it needs::

    class Settings(DatabaseSettings, StorageSettings):
        SYSTEM = "accounts"

The attribute name is the name of the environment variable. Values come from, first wins: arguments,
the environment, ``.env`` in the current folder (never in tests), files in ``/run/secrets`` named
like the variable, the profile of ``ENVIRONMENT``, the default.
"""

from padstone.settings.base import Environment, Settings
from padstone.settings.encryption import EncryptionKey, EncryptionSettings
from padstone.settings.example import env_example
from padstone.settings.explain import Explained, explain
from padstone.settings.groups import DatabaseSettings, StorageSettings
from padstone.settings.jobs import JobSettings
from padstone.settings.mail import MailSettings
from padstone.settings.outbound import OutboundSettings
from padstone.settings.problems import SettingProblem, SettingsError
from padstone.settings.providers import ProviderEntry, ProviderSettings
from padstone.settings.redis import RedisSettings
from padstone.settings.users import UserSettings

__all__ = [
    "DatabaseSettings",
    "EncryptionKey",
    "EncryptionSettings",
    "Environment",
    "Explained",
    "JobSettings",
    "MailSettings",
    "OutboundSettings",
    "ProviderEntry",
    "ProviderSettings",
    "RedisSettings",
    "SettingProblem",
    "Settings",
    "SettingsError",
    "StorageSettings",
    "UserSettings",
    "env_example",
    "explain",
]
