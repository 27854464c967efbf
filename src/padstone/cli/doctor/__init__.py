"""``padstone doctor``: what usually keeps a system from starting, and the mend.

Each diagnosis is a function that looks at one thing and gives a ``Finding``. It does what a start
would do, since nothing else finds out what a start would meet; it writes nothing but the folder of
the embedded services.
"""

from padstone.cli.doctor.command import doctor

__all__ = ["doctor"]
