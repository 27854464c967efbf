"""Durations that are typed, and moments that are shown."""

import re
from datetime import datetime, timedelta

__all__ = ["parse_duration", "shown"]

_DURATION = re.compile(r"(\d{1,9})([smhdw])", re.ASCII).fullmatch
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=36_500)


def parse_duration(text: str) -> timedelta:
    """``30d``, ``12h``, ``90s``: a number and s, m, h, d or w. Raises ``ValueError``."""
    match = _DURATION(text.strip())
    if match is None:
        raise ValueError("write a number and s, m, h, d or w, such as 30d or 12h")
    number, unit = match.groups()
    seconds = timedelta(**{_UNITS[unit]: 1}).total_seconds() * int(number)
    if seconds > _LONGEST.total_seconds():
        raise ValueError("at most a hundred years can be given")
    return timedelta(seconds=seconds)


def shown(moment: datetime | None, *, otherwise: str) -> str:
    """The moment on the clock of this machine, to the minute; ``otherwise`` where there is none."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else otherwise
