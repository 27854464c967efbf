"""``padstone serve``: the system of the current folder, as it runs in production."""

from padstone.cli.serve.command import serve

__all__ = ["serve"]
