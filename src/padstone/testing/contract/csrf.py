"""What another site makes a browser send, with the cookie that the browser adds, has no effect."""

from dataclasses import replace

import pytest

from padstone.testing.contract.answers import check_problem
from padstone.testing.contract.document import Operation
from padstone.testing.contract.snapshot import snapshot
from padstone.testing.contract.world import World

__all__ = ["test_csrf_another_site_changes_nothing_by_a_browsers_cookie"]

_FOREIGN = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}


@pytest.mark.operations("takes_cookie", "is_unsafe")
async def test_csrf_another_site_changes_nothing_by_a_browsers_cookie(
    world: World, operation: Operation
) -> None:
    """Without the token, with that of another session, and with ours from another origin: 403.

    The same request of the browser's own page is let in.
    """
    caller, other = await world.browser(operation), await world.browser(operation)
    assert caller is not None
    assert other is not None, f"{operation} names a cookie, and create_app was given no sessions"
    rows = await world.rows(operation, caller)
    content = await world.content(operation, caller, dict(rows))
    before = await snapshot(world.database, world.metadata)
    for name, sender, headers in (
        ("without a token", replace(caller, csrf_token=""), {}),
        ("with a token of somebody else", replace(caller, csrf_token=other.csrf_token), {}),
        ("from another origin", caller, _FOREIGN),
    ):
        answer = await world.call(operation, sender, rows=rows, headers=headers, **content)
        assert answer.status_code == 403, (
            f"{operation} answered a cookie {name} with {answer.status_code}: {answer.text[:500]}"
        )
        assert check_problem(answer)["code"] == "csrf_failed", f"{operation}, {name}"
        after = await snapshot(world.database, world.metadata)
        assert after == before, f"{operation} changed something by a cookie {name}"
    answer = await world.call(operation, caller, rows=rows, **content)
    assert answer.status_code not in {401, 403}, (
        f"{operation} answered the browser's own page with {answer.status_code}, so that this "
        f"proves nothing: {answer.text[:500]}"
    )
