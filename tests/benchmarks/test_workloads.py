import pytest
from ground import SITES
from servers import OURS, SERVERS
from workloads import FEATURELESS, WORKLOADS, Ask, Caller, Workload

CALLER = Caller("secret", {"row": "1", "cursor": "2"})
ASKS = [pytest.param(ask, id=f"{one.letter}-{ask.method}") for one in WORKLOADS for ask in one.asks]


@pytest.mark.parametrize("ask", ASKS)
def test_the_request_is_whole(ask: Ask) -> None:
    head, _, body = ask.request(CALLER).partition("\r\n\r\n")
    first, *headers = head.split("\r\n")
    named = dict(header.split(": ", 1) for header in headers)
    assert first == f"{ask.method} {ask.address(CALLER)} HTTP/1.1"
    assert body == ask.body
    assert int(named.get("Content-Length", "0")) == len(body.encode())
    assert named["Authorization"] == "Bearer secret"
    assert "{" not in first


def test_a_visitor_shows_nothing() -> None:
    assert "Authorization" not in WORKLOADS[0].asks[0].headers(Caller())


def test_each_caller_asks_everything_in_turn() -> None:
    workload = Workload("X", "", "shop", (Ask("GET", "/a/{row}"), Ask("GET", "/b")))
    asked = workload.requests([Caller(values={"row": "1"}), Caller(values={"row": "2"})])
    assert [one.split(" ")[1] for one in asked] == ["/a/1", "/b", "/a/2", "/b"]


def test_letters_are_unique_and_servers_and_sites_exist() -> None:
    assert len({one.letter for one in WORKLOADS}) == len(WORKLOADS)
    assert {name for one in WORKLOADS for name in one.peers} | {OURS} == set(SERVERS)
    assert {one.system for one in WORKLOADS} <= set(SITES)
    assert all(set(one.few) <= set(one.peers) for one in WORKLOADS)
    assert {name for name, kind in SERVERS.items() if kind.needs} == {
        *FEATURELESS,
        "fastapi-features",
        "fastify-plugins",
        "fastify-tuned",
        "pass-through",
    }
