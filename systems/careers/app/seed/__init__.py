"""First data: in development a demo user in the middle of a job search; elsewhere nothing."""

from app.seed.seed import seed

__all__ = ["seed"]
