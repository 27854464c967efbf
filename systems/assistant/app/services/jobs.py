"""Background jobs. The assistant has none of its own; mail to its users leaves by them."""

from padstone.jobs import Jobs

__all__ = ["jobs"]

jobs = Jobs()
