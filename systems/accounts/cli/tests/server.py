"""A small server that speaks the accounts API's protocol, run as a process by the tests.

It keeps everything in memory, and does besides what it is told at ``/_test/…``: start over, answer
the next requests with given answers, tell which requests it has seen. The address it listens on is
the first line of its output.
"""

import json
import ssl
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

# Put together here, so that no scanner takes them for keys that leaked.
FULL_KEY = "sk_live_" + "full" + "0" * 29
POOR_KEY = "sk_live_" + "poor" + "0" * 29  # credits:write only
SCOPES = ["account:read", "credits:read", "credits:write", "keys:read", "keys:write"]
EMAIL = "ada@example.com"
ACCOUNT_ID = "acct_01kb0q7w0sf8n9x2m4v6c8t1ra"
BALANCE = 12_500_000
HELD = 250_000


class RefusedError(Exception):
    def __init__(self, status: int, code: str, detail: str, errors: Any = ()) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.errors = status, code, detail, list(errors)


def _entry(number: int) -> dict[str, Any]:
    kinds = {1: ("grant", 1), 2: ("hold", -1), 3: ("capture", 0), 0: ("release", 1)}
    kind, sign = kinds[number % 4]
    amount = 12_500_000 if kind == "grant" else 250_000
    return {
        "id": f"ent_{number:026d}",
        "kind": kind,
        "amount_micros": amount,
        "delta_micros": sign * amount,
        "balance_after_micros": 12_250_001 if kind == "hold" else BALANCE,
        "reference": None,
        "created_at": _iso(datetime(2026, 11, 20, 9, 30, tzinfo=UTC) - timedelta(hours=number)),
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


class Bank:
    """One account, its keys and its ledger; and the answers that a test has laid ready."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.seen: list[dict[str, Any]] = []
        self.ready: list[dict[str, Any]] = []
        self.secrets: dict[str, str] = {}
        self.keys: list[dict[str, Any]] = []
        self.add_key("runner", ["credits:write"], secret=POOR_KEY)
        self.add_key("laptop", sorted(set(SCOPES) - {"credits:write"}), secret=FULL_KEY)
        self.entries = [_entry(number) for number in range(1, 251)]

    def add_key(
        self,
        name: str,
        scopes: list[str],
        *,
        secret: str = "",
        mode: str = "live",
        expires_at: str | None = None,
    ) -> dict[str, Any]:
        number = len(self.keys) + 1
        secret = secret or f"sk_{mode}_{number:04d}{'x' * 29}"
        key = {
            "id": f"key_01kb0q7w0sf8n9x2m4v6c8{number:04d}",
            "name": name,
            "prefix": secret[:12],
            "scopes": sorted(scopes),
            "created_at": _iso(datetime.now(UTC)),
            "last_used_at": None,
            "expires_at": expires_at,
            "revoked_at": None,
            "rotated_to": None,
        }
        self.secrets[secret] = str(key["id"])
        self.keys.insert(0, key)
        return {**key, "secret": secret}

    def key(self, key_id: str) -> dict[str, Any]:
        for key in self.keys:
            if key["id"] == key_id:
                return key
        raise RefusedError(404, "not_found", "There is no such key.")


bank = Bank()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.handle_any()

    do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass

    def handle_any(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length)
        body = json.loads(raw) if raw else None
        parts = urlsplit(self.path)
        if parts.path.startswith("/_test/"):
            self.send(200, control(parts.path.removeprefix("/_test/"), body))
            return
        bank.seen.append(
            {
                "method": self.command,
                "path": self.path,
                "body": body,
                "headers": {name.lower(): value for name, value in self.headers.items()},
            }
        )
        if bank.ready:
            self.send_ready(bank.ready.pop(0))
            return
        try:
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            status, answer = route(self, parts.path.removeprefix("/api/v1/"), query, body)
        except RefusedError as refused:
            self.send(refused.status, problem(refused), "application/problem+json")
        else:
            self.send(status, answer)

    def send_ready(self, ready: dict[str, Any]) -> None:
        if ready.get("hang"):
            bank.release.wait(30)
        if ready.get("drop"):
            self.close_connection = True
            return
        headers = ready.get("headers", {})
        content = ready.get("body", "")
        self.send_response(ready.get("status", 200))
        for name, value in headers.items():
            self.send_header(name, value)
        data = (content if isinstance(content, str) else json.dumps(content)).encode()
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def send(self, status: int, answer: Any, kind: str = "application/json") -> None:
        data = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        if answer is not None:
            self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def control(word: str, body: Any) -> Any:
    global bank  # noqa: PLW0603
    if word == "reset":
        bank.release.set()
        bank = Bank()
    elif word == "answer":
        bank.ready.append(body)
    elif word == "release":
        bank.release.set()
    elif word == "edit":
        bank.key(body.pop("id")).update(body)
    return {"seen": bank.seen, "keys": bank.keys}


def route(handler: Handler, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
    key = authenticate(handler)
    match handler.command, path.split("/"):
        case "POST", ["auth", "validate"]:
            answer = {"account_id": ACCOUNT_ID, "email": EMAIL}
            return 200, {**answer, "credits_balance_micros": BALANCE}
        case "GET", ["credits"]:
            need(key, "credits:read")
            return 200, {"balance_micros": BALANCE, "held_micros": HELD}
        case "GET", ["credits", "entries"]:
            need(key, "credits:read")
            return 200, page(bank.entries, query)
        case method, ["keys", *rest]:
            need(key, "keys:read" if method == "GET" else "keys:write")
            return keys(method, rest, query, body)
    raise RefusedError(404, "not_found", "Nothing answers at this path.")


def keys(method: str, rest: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
    match method, rest:
        case "GET", []:
            return 200, page(bank.keys, query)
        case "GET", [key_id]:
            return 200, bank.key(key_id)
        case "POST", []:
            check(body)
            return 201, bank.add_key(**body)
        case "PATCH", [key_id]:
            check(body)
            bank.key(key_id)["name"] = body["name"]
            return 200, bank.key(key_id)
        case "POST", [key_id, "rotate"]:
            return 201, rotate(bank.key(key_id), body["overlap_seconds"])
        case "DELETE", [key_id]:
            bank.key(key_id)["revoked_at"] = _iso(datetime.now(UTC))
            return 204, None
    raise RefusedError(405, "method_not_allowed", "This path does not answer to that.")


def rotate(old: dict[str, Any], overlap: int) -> dict[str, Any]:
    if old["rotated_to"] or old["revoked_at"]:
        raise RefusedError(409, "key_not_rotatable", "Only a key that works can be rotated.")
    new = bank.add_key(old["name"], old["scopes"])
    old["rotated_to"] = new["id"]
    old["expires_at"] = _iso(datetime.now(UTC) + timedelta(seconds=overlap))
    return new


def authenticate(handler: Handler) -> dict[str, Any]:
    scheme, _, secret = handler.headers.get("authorization", "").partition(" ")
    key_id = bank.secrets.get(secret) if scheme == "Bearer" else None
    key = bank.key(key_id) if key_id else None
    if key is None or key["revoked_at"]:
        raise RefusedError(401, "unauthenticated", "Valid credentials are required.")
    return key


def need(key: dict[str, Any], scope: str) -> None:
    if scope not in key["scopes"]:
        raise RefusedError(403, "permission_denied", f"These credentials lack the scope {scope}.")


def check(body: dict[str, Any]) -> None:
    errors = []
    if not body["name"].strip():
        message = "String should have at least 1 character"
        errors.append({"field": "body.name", "message": message, "code": "string_too_short"})
    if not set(body.get("scopes", ())) <= set(SCOPES):
        message = f"may hold only: {', '.join(SCOPES)}"
        errors.append({"field": "scopes", "message": message, "code": "invalid"})
    if errors:
        detail = "Some fields have values that cannot be used."
        raise RefusedError(422, "validation_failed", detail, errors)


def page(items: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
    limit = int(query.get("limit", 20))
    if not 1 <= limit <= 100:
        raise RefusedError(422, "validation_failed", "The limit is from 1 to 100.")
    start = int(query.get("cursor", "c0").removeprefix("c"))
    end = start + limit
    more = f"c{end}" if end < len(items) else None
    return {"items": items[start:end], "next_cursor": more, "limit": limit}


def problem(refused: RefusedError) -> dict[str, Any]:
    return {
        "type": f"urn:problem-type:{refused.code}",
        "title": refused.code,
        "status": refused.status,
        "detail": refused.detail,
        "instance": "/",
        "code": refused.code,
        "request_id": "req-1234567890",
        "errors": refused.errors,
    }


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if len(sys.argv) > 1:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
