"""Background jobs: each module of services that has one adds it here."""

from padstone.jobs import Jobs

__all__ = ["jobs"]

jobs = Jobs()
