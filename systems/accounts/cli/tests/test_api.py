import pytest
from accounts_cli.api import connected
from accounts_cli.connection import Connection
from accounts_cli.errors import UnexpectedAnswerError
from running import Server
from server import FULL_KEY


def limits(server: Server) -> list[str]:
    return [seen["path"].partition("?")[2] for seen in server.seen]


def ids(server: Server, most: int | None) -> list[str]:
    with connected(Connection(server.url, FULL_KEY, "of a test")) as api:
        return [entry.text("id") for entry in api.entries(most)]


def test_a_list_is_walked_to_its_end(server: Server) -> None:
    assert ids(server, None) == [f"ent_{number:026d}" for number in range(1, 251)]
    assert limits(server) == ["limit=100", "limit=100&cursor=c100", "limit=100&cursor=c200"]


def test_or_as_far_as_it_is_wanted(server: Server) -> None:
    assert len(ids(server, 130)) == 130
    assert limits(server) == ["limit=100", "limit=30&cursor=c100"]


def test_or_as_far_as_there_is_anything(server: Server) -> None:
    assert len(ids(server, 1000)) == 250


@pytest.mark.parametrize("items", [[], [{"id": "ent_1"}]])
def test_a_list_that_never_ends_is_left(items: list[dict[str, str]], server: Server) -> None:
    for _ in range(3):
        server.answer(200, {"items": items, "next_cursor": "again"})
    with pytest.raises(UnexpectedAnswerError, match="never ends"):
        ids(server, None)


def test_a_page_larger_than_asked_for_is_cut(server: Server) -> None:
    items = [{"id": f"ent_{number}"} for number in range(5)]
    server.answer(200, {"items": items, "next_cursor": None})
    assert ids(server, 2) == ["ent_0", "ent_1"]
