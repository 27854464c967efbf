from app.core.config import settings
from padstone.migrations import run

run(settings, "app.models")
