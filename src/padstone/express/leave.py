"""The way out of the express lane."""

__all__ = ["Leave"]


class Leave(Exception):  # noqa: N818  # it is an answer, not a failure
    """This request is the session lane's, which answers it as ever. Nothing was written."""
