"""What stands in ``Set-Cookie``, by environment."""

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from starlette.responses import Response

from padstone.auth.cookie_sessions.cookie import SessionCookie
from padstone.settings import Settings


def settings(environment: str) -> Settings:
    if environment == "development":
        return Settings()
    return Settings(ENVIRONMENT=environment, SECRET_KEY="s" * 40, DEBUG=False)


@pytest.mark.parametrize(
    ("environment", "name", "is_deployed"),
    [
        ("development", "app_session", False),
        ("staging", "__Host-app_session", True),
        ("production", "__Host-app_session", True),
    ],
)
def test_no_script_reads_it_and_no_neighbour_plants_it(
    environment: str, name: str, *, is_deployed: bool
) -> None:
    cookie, response = SessionCookie(settings(environment)), Response()
    cookie.set(response, "cs_x", lifetime=timedelta(days=30))
    cookie.clear(response)
    given, taken = (SimpleCookie(value)[name] for value in response.headers.getlist("set-cookie"))
    assert given.value == "cs_x"
    assert given["max-age"] == "2592000"
    assert (taken.value, taken["max-age"]) == ("", "0")
    for morsel in (given, taken):
        assert morsel["httponly"] is True
        assert bool(morsel["secure"]) is is_deployed
        assert morsel["samesite"] == "lax"
        assert morsel["path"] == "/"
        # With a domain it would go to every host below, and have no __Host- name.
        assert morsel["domain"] == ""
