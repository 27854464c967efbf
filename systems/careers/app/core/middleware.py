"""A door: one layer around everything gives ids, logs requests and says how long they took.

``create_app`` puts it in place. Headers: ``X-Request-ID``, ``Server-Timing``; one log line a
request, with nothing in it that is secret.
"""

from padstone.middleware import RequestContext

__all__ = ["RequestContext"]
