"""Who calls in the tests."""

from collections.abc import Awaitable, Callable

from padstone.testing.users import SignedIn

__all__ = ["SignIn", "SignedIn"]

SignIn = Callable[..., Awaitable[SignedIn]]
