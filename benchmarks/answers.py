"""Whether the servers answer alike: what is not the same work is not compared."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import httpx2
from ground import Ground
from load import COUNTER
from servers import OURS, Server
from workloads import ROWS, Workload

__all__ = ["AnswerError", "verify"]


class AnswerError(Exception):
    """A server does not answer as it should."""


def verify(servers: Mapping[str, Server], workloads: Iterable[Workload], ground: Ground) -> None:
    """Asks each server once per workload and caller, and refuses a wrong or a different answer."""
    with httpx2.Client(timeout=30) as client:
        for workload in workloads:
            for number, secret in enumerate(ground.secrets[workload.caller]):
                ours = _ask(client, servers[OURS], workload, secret, number)
                _check(workload, ours)
                for peer in workload.peers:
                    theirs = _ask(client, servers[peer], workload, secret, number)
                    if theirs != ours:
                        raise AnswerError(
                            f"{workload.letter}: {peer} answers {theirs}, and {OURS} {ours}."
                        )
            if workload.caller != "nobody":
                for name in (OURS, *workload.peers):
                    _refuses_strangers(client, servers[name], workload)


def _ask(
    client: httpx2.Client, server: Server, workload: Workload, secret: str, number: int
) -> Any:
    response = _send(client, server, workload, secret, number)
    if response.status_code != workload.status:
        raise AnswerError(
            f"{workload.letter}: {server.name} answers {response.status_code}: {response.text}"
        )
    return response.json()


def _send(
    client: httpx2.Client, server: Server, workload: Workload, secret: str, number: int
) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    if workload.body:
        headers["Content-Type"] = "application/json"
    return client.request(
        workload.method,
        f"http://127.0.0.1:{server.port}{workload.path}",
        headers=headers,
        content=workload.body.replace(COUNTER, f"{number:0{len(COUNTER)}}"),
    )


def _check(workload: Workload, answer: Any) -> None:
    """The few things that equality with a peer does not show."""
    match workload.letter:
        case "A'":
            right = answer["status"] == "healthy"
        case "C":
            right = len(answer["items"]) == ROWS and answer["next_cursor"] is None
        case "D":
            right = answer["delta_micros"] == -1
        case _:
            right = True
    if not right:
        raise AnswerError(f"{workload.letter}: {OURS} answers {json.dumps(answer)}.")


def _refuses_strangers(client: httpx2.Client, server: Server, workload: Workload) -> None:
    stranger = "sk_live_" + "0" * 33
    status = _send(client, server, workload, stranger, 0).status_code
    if status != httpx2.codes.UNAUTHORIZED:
        raise AnswerError(f"{workload.letter}: {server.name} answers a stranger with {status}.")
