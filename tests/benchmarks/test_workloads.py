import pytest
from servers import OURS, SERVERS
from workloads import WORKLOADS, Workload


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda one: one.letter)
def test_the_request_is_whole(workload: Workload) -> None:
    head, _, body = workload.request("sk_live_x").partition("\r\n\r\n")
    first, *headers = head.split("\r\n")
    named = dict(header.split(": ", 1) for header in headers)
    assert first == f"{workload.method} {workload.path} HTTP/1.1"
    assert body == workload.body
    assert named.get("Content-Length", "0") == str(len(body))
    assert named["Authorization"] == "Bearer sk_live_x"


def test_nobody_shows_no_key() -> None:
    assert "Authorization" not in WORKLOADS[0].request("")


def test_letters_are_unique_and_peers_exist() -> None:
    assert len({one.letter for one in WORKLOADS}) == len(WORKLOADS)
    assert {name for one in WORKLOADS for name in one.peers} | {OURS} == set(SERVERS)
