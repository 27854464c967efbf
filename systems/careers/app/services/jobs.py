"""What this system does in the background."""

from padstone.jobs import Jobs

__all__ = ["jobs"]

jobs = Jobs()
