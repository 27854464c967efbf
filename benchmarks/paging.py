"""Deep pages: the cursor of the middle of a list, found as a client finds it, by walking."""

import httpx2
from ground import SITES
from servers import SERVERS, Server
from workloads import Caller, Workload

__all__ = ["walk_to_the_middle"]

_PAGE = 100


def walk_to_the_middle(server: Server, workload: Workload) -> None:
    """Gives the server's callers the cursor that the workload asks for, where it does."""
    if not any("{cursor}" in ask.path for ask in workload.asks):
        return
    path, _, _ = workload.asks[0].path.partition("?")
    _, size = SITES[SERVERS[server.name].site or workload.system]
    with httpx2.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as client:
        parameters = {"limit": str(_PAGE)}
        for _ in range(size // 2 // _PAGE):
            page = client.get(path, params=parameters).raise_for_status().json()
            parameters["cursor"] = page["next_cursor"]
    callers = server.site.callers[workload.caller]
    callers[:] = [
        Caller(one.secret, {**one.values, "cursor": parameters["cursor"]}, one.subject)
        for one in callers
    ]
