"""The one place where the rooms below become an application."""

from padstone.app.answers import answer_upkeep
from padstone.app.application import Application
from padstone.app.create import create_app
from padstone.app.docs import docs_page
from padstone.app.periodic import Periodic

__all__ = ["Application", "Periodic", "answer_upkeep", "create_app", "docs_page"]
