"""What every request passes, as pure ASGI. ``padstone.app`` holds the one list of their order."""

from padstone.middleware.body_limit import BodyLimitProblem
from padstone.middleware.context import RequestContext
from padstone.middleware.cors import Cors
from padstone.middleware.metrics import Metrics
from padstone.middleware.proxies import TrustedProxies
from padstone.middleware.response_headers import response_headers
from padstone.middleware.security import SECURITY_HEADERS, security_headers

__all__ = [
    "SECURITY_HEADERS",
    "BodyLimitProblem",
    "Cors",
    "Metrics",
    "RequestContext",
    "TrustedProxies",
    "response_headers",
    "security_headers",
]
