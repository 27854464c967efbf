"""Times that a cron expression of five fields names: minute, hour, day, month, day of the week."""

from dataclasses import dataclass
from datetime import UTC, datetime

from padstone.extras import extra

__all__ = ["Cron"]

_FIELDS = 5
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression. Raises ``ValueError`` that names what is wrong with it, and the mend."""

    text: str

    def __post_init__(self) -> None:
        with extra("jobs"):
            from cronsim import CronSim, CronSimError
        try:
            CronSim(self.text, _ANY_TIME)
            cause = "" if len(self.text.split()) == _FIELDS else "Seconds are not counted"
        except CronSimError as error:
            cause = str(error)
        if cause:
            raise ValueError(
                f"{self.text!r} is not a cron expression: {cause}. Write five fields, such as "
                "'0 3 * * *' for 3 o'clock each night (UTC)."
            )

    def after(self, moment: datetime) -> datetime:
        """The first time after ``moment``, in its time zone, which has to be UTC or none."""
        from cronsim import CronSim

        return next(CronSim(self.text, moment))
