"""The one place where the rooms below become an application."""

from padstone.app.application import Application
from padstone.app.create import create_app
from padstone.app.periodic import Periodic
from padstone.app.seeding import Seeding

__all__ = ["Application", "Periodic", "Seeding", "create_app"]
