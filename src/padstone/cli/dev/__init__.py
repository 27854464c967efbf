"""``padstone dev``: every system of the checkout, on real services, reloading."""

from padstone.cli.dev.command import dev

__all__ = ["dev"]
