"""Logging is a process's own, and a test's application must not leave its behind."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

__all__ = ["logging_kept"]


@contextmanager
def logging_kept() -> Iterator[None]:
    """Undoes what the block configures: an application logs to the stream that it finds.

    In a test that may be one that ``capsys`` closes, and every later line would fail on it.
    """
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        structlog.configure(**before)
        root.handlers[:] = handlers
        root.setLevel(level)
