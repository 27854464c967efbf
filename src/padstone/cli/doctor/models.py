"""The models: whether the migrations lead to them, also where this package's columns are new."""

from padstone import migrations
from padstone.cli.doctor.finding import Finding
from padstone.migrations import MigrationError
from padstone.settings import DatabaseSettings

__all__ = ["models"]

SUBJECT = "models"


def models(settings: DatabaseSettings) -> Finding:
    """Whether autogenerate would write anything. The application has been imported before.

    What it imports says what its tables must tell of, and that is compared too.
    """
    try:
        missing = migrations.check(settings)
    except MigrationError:  # named by the finding on migrations
        return Finding(SUBJECT, "skipped", "The database is not at head.")
    except Exception as error:  # noqa: BLE001  # any error of the system's own code
        what = f"They cannot be compared: {type(error).__name__}: {error}"
        return Finding(SUBJECT, "skipped", what)
    if not missing:
        return Finding(SUBJECT, "ok", "The migrations lead to them.")
    more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
    return Finding(
        SUBJECT,
        "warning",
        f"The migrations lack {missing[0]}{more}.",
        "Run: padstone db revision -m 'what it does'; padstone db check shows all of it.",
    )
