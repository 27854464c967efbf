"""Times that a cron expression of five fields names: minute, hour, day, month, day of the week."""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Cron"]

_FIELDS = 5


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression. Raises ``ValueError`` that names what is wrong with it, and the mend."""

    text: str

    def __post_init__(self) -> None:
        cause = "" if len(self.text.split()) == _FIELDS else "it has not five fields"
        if not cause:
            try:
                self.after(datetime(2000, 1, 1))  # noqa: DTZ001  # whether there is any such time
            except ValueError as error:  # the library's own errors are such
                cause = str(error)
        if cause:
            raise ValueError(
                f"{self.text!r} is not a cron expression: {cause}. Write five fields, such as "
                "'0 3 * * *' for 3 o'clock each night (UTC)."
            )

    def after(self, moment: datetime) -> datetime:
        """The first time after ``moment``, in its time zone, which has to be UTC or none."""
        # Where it is needed: an application without schedules does not wait for the import.
        from croniter import croniter  # type: ignore[import-untyped]  # it comes with pgqueuer

        found: datetime = croniter(self.text, moment).get_next(datetime)
        return found
