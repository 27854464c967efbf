"""Whoever calls, as a statement that is compiled before anybody does."""

from collections.abc import Callable
from typing import Any

from padstone.express.fields import Unsuitable
from padstone.principal import Principal
from padstone.resource import Resource
from padstone.resource.reach import Scopes, scopes_that_matter

__all__ = ["stable_scopes"]


def stable_scopes(resource: Resource[Any]) -> Callable[[Principal | None], Scopes]:
    """What of a caller's scopes decides which rows may be seen. Raises ``Unsuitable``."""
    found = scopes_that_matter(resource)
    if found is None:
        raise Unsuitable("`visible` is asked at each call; `@stable` says that it need not be")
    return found
