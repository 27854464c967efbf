from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any

import httpx2
import pytest
import pytest_asyncio
import structlog
from fastapi import APIRouter, FastAPI, WebSocket
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from padstone.auth import NewKey, PrincipalDep, Requires, generate
from padstone.principal import Principal
from padstone.problems import add_problem_handlers

MakeKey = Callable[..., Awaitable[NewKey]]
router = APIRouter()


@router.get("/whoami")
async def whoami(principal: PrincipalDep, request: Request) -> dict[str, Any]:
    assert request.state.principal == principal
    return {"subject": str(principal.subject), "log": structlog.contextvars.get_contextvars()}


@router.get("/things")
async def read_things(principal: Annotated[Principal, Requires("things:read")]) -> str:
    return principal.actor


@router.post("/things", dependencies=[Requires("things:read", "things:write")])
async def write_things() -> None:
    """A guard whose principal nobody needs."""


guarded = APIRouter(prefix="/guarded", dependencies=[Requires("things:read")])


@guarded.get("/both")
async def both(_principal: Annotated[Principal, Requires("things:write")]) -> None:
    """A guard of the router and one of the route."""


@router.websocket("/socket")
async def socket(websocket: WebSocket, principal: PrincipalDep) -> None:
    await websocket.accept()
    await websocket.send_text(principal.actor)
    await websocket.close()


@router.get("/open")
async def anybody() -> str:
    return "welcome"


class Started:
    """The application with the state that a lifespan would have given it."""

    def __init__(self, app: FastAPI, **state: Any) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = dict(self.state)
        structlog.contextvars.clear_contextvars()
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def app() -> FastAPI:
    app = FastAPI()
    add_problem_handlers(app)
    app.include_router(router)
    app.include_router(guarded)
    return app


@pytest_asyncio.fixture
async def client(app: FastAPI, opened: Any) -> AsyncIterator[httpx2.AsyncClient]:
    async with opened() as authenticator:
        transport = httpx2.ASGITransport(app=Started(app, api_keys=authenticator))
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


@pytest.mark.parametrize(
    "headers",
    [
        lambda secret: {"Authorization": f"Bearer {secret}"},
        lambda secret: {"Authorization": f"bearer   {secret} "},
        lambda secret: {"X-API-Key": secret},
        lambda secret: {"X-API-Key": secret, "Authorization": f"Bearer {secret}"},
    ],
)
async def test_a3_a_key_is_shown_in_either_header(
    client: httpx2.AsyncClient, new_key: MakeKey, headers: Callable[[str], dict[str, str]]
) -> None:
    made = await new_key()
    response = await client.get("/whoami", headers=headers(made.secret))
    assert response.status_code == 200
    assert response.json() == {
        "subject": str(made.key.account_id),  # type: ignore[attr-defined]
        "log": {"actor": f"api_key:{made.key.id}"},
    }


async def test_a3_two_different_credentials_are_refused(
    client: httpx2.AsyncClient, new_key: MakeKey
) -> None:
    one, two = [(await new_key()).secret for _ in range(2)]
    for headers in (
        [("X-API-Key", one), ("Authorization", f"Bearer {two}")],
        [("X-API-Key", one), ("X-API-Key", two)],
        [("X-API-Key", one), ("Authorization", "Basic c29tZWJvZHk6c2VjcmV0")],
        [("X-API-Key", ""), ("Authorization", f"Bearer {two}")],
    ):
        assert (await client.get("/whoami", headers=headers)).status_code == 401


async def test_a3_every_refusal_looks_the_same(
    client: httpx2.AsyncClient, new_key: MakeKey
) -> None:
    revoked = await new_key()
    bodies = []
    for headers in (
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer sk_live_mistyped"},
        {"Authorization": f"Token {revoked.secret}"},
        {"Authorization": f"Bearer {generate(live=True).secret}"},
        {"X-API-Key": "\u00e9".encode()},
    ):
        response = await client.get("/whoami", headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        bodies.append({**response.json(), "request_id": None})
    assert all(body == bodies[0] for body in bodies)
    assert bodies[0]["code"] == "unauthenticated"


async def test_a6_scopes_are_enforced(client: httpx2.AsyncClient, new_key: MakeKey) -> None:
    reader = await new_key(scopes=["things:read"])
    writer = await new_key(scopes=["things:read", "things:write"])
    nobody = await new_key(scopes=[])

    async def status(method: str, path: str, key: NewKey) -> int:
        response = await client.request(method, path, headers={"X-API-Key": key.secret})
        if response.status_code == 403:
            refusals.append(response.json()["detail"])
        return response.status_code

    refusals: list[str] = []
    assert await status("GET", "/things", reader) == 200
    assert await status("GET", "/things", nobody) == 403
    assert await status("POST", "/things", reader) == 403
    assert await status("POST", "/things", writer) == 200
    assert await status("GET", "/guarded/both", reader) == 403
    assert await status("GET", "/guarded/both", writer) == 200
    assert refusals == [
        "These credentials lack the scope things:read.",
        "These credentials lack the scope things:write.",
        "These credentials lack the scope things:write.",
    ]


async def test_several_guards_of_one_request_authenticate_once(
    app: FastAPI, opened: Any, new_key: MakeKey
) -> None:
    class Counting:
        asked = 0

        async def authenticate(self, token: str) -> Principal:
            self.asked += 1
            return await authenticator.authenticate(token.replace(".", "_"))

    counting = Counting()
    secret = (await new_key(scopes=["things:read", "things:write"])).secret.replace("_", ".")
    async with opened() as authenticator:
        transport = httpx2.ASGITransport(app=Started(app, users=counting))
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            for requests in (1, 2):
                headers = {"Authorization": f"Bearer {secret}"}
                assert (await client.get("/guarded/both", headers=headers)).status_code == 200
                assert counting.asked == requests, "once, and anew for the next request"


async def test_a3_a_websocket_is_guarded_too(app: FastAPI, opened: Any, new_key: MakeKey) -> None:
    made = await new_key()

    async def connect(secret: str) -> list[Any]:
        scope = {
            "type": "websocket",
            "path": "/socket",
            "query_string": b"",
            "headers": [(b"x-api-key", secret.encode())],
            "subprotocols": [],
            "extensions": {"websocket.http.response": {}},
        }
        sent: list[Any] = []

        async def receive() -> dict[str, str]:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            sent.append(message)

        async with opened() as authenticator:
            await Started(app, api_keys=authenticator)(scope, receive, send)
        return sent

    sent = await connect(made.secret)
    assert sent[1]["text"] == f"api_key:{made.key.id}"
    assert (await connect("sk_live_mistyped"))[0]["status"] == 401


async def test_an_application_that_has_not_started_says_so(app: FastAPI) -> None:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        response = await client.get("/whoami", headers={"X-API-Key": "x"})
    assert response.status_code == 503


def test_the_document_names_schemes_and_scopes(app: FastAPI) -> None:
    document = app.openapi()
    schemes = document["components"]["securitySchemes"]
    assert schemes["Bearer"]["type"] == "http"
    assert schemes["Bearer"]["scheme"] == "bearer"
    assert (schemes["ApiKey"]["in"], schemes["ApiKey"]["name"]) == ("header", "X-API-Key")

    def security(path: str, method: str) -> Any:
        return document["paths"][path][method].get("security")

    assert security("/open", "get") is None
    assert security("/whoami", "get") == [{"Bearer": []}, {"ApiKey": []}]
    assert security("/things", "get") == [{"Bearer": ["things:read"]}, {"ApiKey": ["things:read"]}]
    both = ["things:read", "things:write"]
    assert security("/things", "post") == [{"Bearer": both}, {"ApiKey": both}]
    assert security("/guarded/both", "get") == [{"Bearer": both}, {"ApiKey": both}]
