"""How far apart two clocks are, and whether that matters."""

from padstone.cli.doctor.finding import Finding

__all__ = ["skew"]

# Expiries and leases are compared across machines; an S3 storage refuses 15 minutes.
_NOTICED, _HARMFUL = 2.0, 60.0


def skew(subject: str, ahead: float) -> Finding:
    """A finding on a clock that is ``ahead`` of ours by so many seconds, or behind if negative."""
    direction = "ahead of" if ahead > 0 else "behind"
    difference = f"It is {abs(ahead):.1f} s {direction} this machine's."
    if abs(ahead) <= _NOTICED:
        return Finding(subject, "ok", "It agrees with this machine's.")
    mend = "Let both machines keep time by NTP: timedatectl set-ntp true"
    return Finding(subject, "error" if abs(ahead) > _HARMFUL else "warning", difference, mend)
