"""Answers that are errors: problem documents (RFC 9457), and what others send in their place."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from accounts_cli.connection import Connection
from accounts_cli.errors import CliError, KeyRefusedError, RefusalError, UnexpectedAnswerError

if TYPE_CHECKING:
    import httpx2

__all__ = ["is_json", "refusal", "retry_after"]

_SERVER_ERROR = 500
_ADVICE = {
    402: "`accounts credits` shows the balance.",
    403: "Use a key that has it; `accounts keys create NAME --scopes …` makes one.",
}


def refusal(response: "httpx2.Response", connection: Connection) -> CliError:
    """The error that ``response`` tells of, in words for the person at the terminal."""
    status = response.status_code
    problem = _problem(response)
    if problem is None:
        return _foreign(response, connection)
    if status == 401:  # noqa: PLR2004  # unauthenticated
        return KeyRefusedError(
            f"{connection.url} refuses the key {connection.key_is_from}: it is unknown, revoked "
            "or expired, or its account is closed. `accounts login` takes another."
        )
    detail = problem["detail"]
    if (pause := retry_after(response)) is not None:
        detail = f"{detail} Try again in {math.ceil(pause)} s."
    if status >= _SERVER_ERROR:
        detail = f"{connection.url} failed ({status}): {detail}{_request_id(response, problem)}"
    sentences = [detail, _ADVICE.get(status, "")]
    return RefusalError("\n".join((" ".join(filter(None, sentences)), *_fields(problem))))


def retry_after(response: "httpx2.Response") -> float | None:
    """How many seconds the server asks to wait; ``None`` where it does not say."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def is_json(response: "httpx2.Response") -> bool:
    """Whether the answer says that it is JSON, of whatever kind."""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _problem(response: "httpx2.Response") -> dict[str, Any] | None:
    if not is_json(response):
        return None
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) and isinstance(body.get("detail"), str) else None


def _foreign(response: "httpx2.Response", connection: Connection) -> CliError:
    status = response.status_code
    if status >= _SERVER_ERROR:
        # Most often a proxy in front of the API speaks here.
        words = f"{status} {response.reason_phrase}".strip()
        return RefusalError(f"{connection.url} failed ({words}).{_request_id(response, {})}")
    if response.is_redirect:
        # Not followed: it might lead the key to another host.
        target = response.headers.get("location", "")
        return UnexpectedAnswerError(connection.url, f"{status}, a redirect to {target}")
    kind = response.headers.get("content-type", "no content type")
    return UnexpectedAnswerError(connection.url, f"{status}, {kind}")


def _request_id(response: "httpx2.Response", problem: dict[str, Any]) -> str:
    found = problem.get("request_id") or response.headers.get("x-request-id")
    return f" Its operators can find it by the request id {found}." if found else ""


def _fields(problem: dict[str, Any]) -> list[str]:
    """A line for each field that the server names, without the part of the request it is in."""
    errors = problem.get("errors")
    lines = []
    for item in errors if isinstance(errors, list) else []:
        if isinstance(item, dict):
            part, _, rest = str(item.get("field", "")).partition(".")
            known = part in {"body", "query", "path", "header"}
            field = rest if known and rest else item.get("field", "")
            lines.append(f"  {field}: {item.get('message', '')}")
    return lines
