"""What will go, said one minor version before it goes, with what to write instead.

::

    @deprecated("padstone.pages.paginate", since="0.4", removed_in="0.5", instead="Keyset")
    async def paginate(...): ...

    if argument is not None:
        warn_deprecated("Users(cache=…)", since="0.4", removed_in="0.5", instead="cache_seconds=…")

What is given here is written as it stands in the code, not computed: a test reads all of it, and
refuses what should be gone by now.
"""

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from typing_extensions import deprecated as _marked

__all__ = ["PadstoneDeprecationWarning", "deprecated", "warn_deprecated"]

T = TypeVar("T", bound=Callable[..., Any] | type[Any])


class PadstoneDeprecationWarning(FutureWarning):
    """Something is used that will go. Python shows it, once for each place in the code.

    It is no ``DeprecationWarning``, which Python hides from whoever does not run tests.
    """


def deprecated(what: str, *, since: str, removed_in: str, instead: str) -> Callable[[T], T]:
    """Marks a function or a class: whoever calls it is told by ``PadstoneDeprecationWarning``."""
    told = _message(what, since, removed_in, instead)
    return _marked(told, category=PadstoneDeprecationWarning, stacklevel=1)


def warn_deprecated(
    what: str, *, since: str, removed_in: str, instead: str, stacklevel: int = 1
) -> None:
    """Tells whoever called the caller; ``stacklevel`` counts the calls in between, from 1."""
    told = _message(what, since, removed_in, instead)
    warnings.warn(told, PadstoneDeprecationWarning, stacklevel=stacklevel + 2)


def _message(what: str, since: str, removed_in: str, instead: str) -> str:
    return f"{what} is deprecated since {since} and gone in {removed_in}. Write instead: {instead}"
