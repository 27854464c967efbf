"""Times that a cron expression of five fields names: minute, hour, day, month, day of the week.

As in every cron (IEEE Std 1003.1, crontab): ``*``, numbers, lists ``1,15``, ranges ``1-5``, steps
``*/10``; months and days of the week also by the first three letters of their English names, and
Sunday is 0 or 7. Where day and day of the week are both given, either will do.

It is here because the usual library starts a process when it is imported.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

__all__ = ["Cron"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST_DAYS = 366 * 9  # from one 29 February to the next, over a year that is none


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    least: int
    most: int
    names: Sequence[str] = ()

    def read(self, text: str) -> frozenset[int]:
        return frozenset(number for part in text.split(",") for number in self._part(part))

    def _part(self, text: str) -> range:
        span, slash, step = text.partition("/")
        first, dash, last = span.partition("-")
        if span == "*":
            least, most = self.least, self.most
        else:
            least = self._number(first)
            # 5/10 is every tenth from 5 on.
            most = self._number(last) if dash else (self.most if slash else least)
        every = self._number(step, least=1) if slash else 1
        if least > most:
            raise ValueError(text)
        return range(least, most + 1, every)

    def _number(self, text: str, least: int | None = None) -> int:
        if text.lower() in self.names:
            return self.names.index(text.lower()) + self.least
        if not text.isascii() or not text.isdecimal():
            raise ValueError(text)
        number = int(text)
        if not (self.least if least is None else least) <= number <= self.most:
            raise ValueError(text)
        return number


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 7, _WEEKDAYS),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression. Raises ``ValueError`` that names the field which is none, and the mend."""

    text: str
    _fields: tuple[frozenset[int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_fields", tuple(self._read()))
        self.after(datetime(2000, 1, 1))  # noqa: DTZ001  # whether there is any such time at all

    def after(self, moment: datetime) -> datetime:
        """The first time after ``moment``, in its time zone, which has to be UTC or none."""
        minutes, hours, _, _, _ = self._fields
        start = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        day = start.replace(hour=0, minute=0)
        for _ in range(_LONGEST_DAYS):
            if self._is_on(day):
                for hour in sorted(hours):
                    for minute in sorted(minutes):
                        found = day.replace(hour=hour, minute=minute)
                        if found >= start:
                            return found
            day += timedelta(days=1)
        raise ValueError(f"{self.text!r} names a day that no year has.")

    def _is_on(self, day: datetime) -> bool:
        _, _, days, months, weekdays = self._fields
        if day.month not in months:
            return False
        on_day = day.day in days
        weekday = day.isoweekday() % 7
        on_weekday = weekday in weekdays or (weekday == 0 and 7 in weekdays)  # noqa: PLR2004  # Sunday
        _, _, day_text, _, weekday_text = self.text.split()
        if day_text.startswith("*") or weekday_text.startswith("*"):
            return on_day and on_weekday
        return on_day or on_weekday

    def _read(self) -> Iterator[frozenset[int]]:
        given = self.text.split()
        if len(given) != len(_FIELDS):
            raise ValueError(self._refusal())
        for kind, text in zip(_FIELDS, given, strict=True):
            try:
                yield kind.read(text)
            except ValueError:
                raise ValueError(self._refusal(f" {kind.name} cannot be {text!r};")) from None

    def _refusal(self, cause: str = "") -> str:
        return (
            f"{self.text!r} is not a cron expression:{cause} write five fields, such as "
            "'0 3 * * *' for 3 o'clock each night (UTC)."
        )
