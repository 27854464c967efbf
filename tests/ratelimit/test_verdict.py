"""What callers are told of a limit."""

from padstone.ratelimit import Limit, Verdict


def test_headers() -> None:
    limit = Limit.parse("60/minute burst 10")
    verdict = Verdict(allowed=True, limit=limit, remaining=7, reset_after=2.1, retry_after=0.0)
    assert verdict.headers() == {
        "RateLimit-Limit": "10",
        "RateLimit-Remaining": "7",
        "RateLimit-Reset": "3",
        "RateLimit-Policy": "60;w=60;burst=10",
    }
