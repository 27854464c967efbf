"""``padstone worker``: the background jobs of the system of the current folder."""

from padstone.cli.worker.command import worker

__all__ = ["worker"]
