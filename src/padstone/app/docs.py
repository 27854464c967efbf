"""The pages and numbers beside the API: interactive documentation and metrics."""

import hmac

from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import Response

from padstone.app.application import Application
from padstone.errors import AuthError, NotFoundError
from padstone.middleware.metrics import CONTENT_TYPE
from padstone.middleware.security import DOCS_POLICY

__all__ = ["add_docs", "add_metrics", "docs_page"]


def add_docs(app: Application) -> None:
    """``/docs`` and ``/redoc``, with a content policy that lets their scripts run."""

    async def docs(request: Request) -> Response:
        return docs_page(request)

    async def redoc(request: Request) -> Response:
        return _page(get_redoc_html(openapi_url=_schema_url(request), title=_title(request)))

    app.add_route("/docs", docs, include_in_schema=False)
    app.add_route("/redoc", redoc, include_in_schema=False)


def docs_page(request: Request) -> Response:
    """The interactive documentation, for a system that shows it at an address of its own too."""
    return _page(get_swagger_ui_html(openapi_url=_schema_url(request), title=_title(request)))


def add_metrics(app: Application) -> None:
    """``/metrics`` for Prometheus: open in development, behind METRICS_TOKEN elsewhere."""

    async def metrics(request: Request) -> Response:
        token = app.settings.METRICS_TOKEN
        if token is None and app.settings.is_deployed:
            raise NotFoundError("Metrics are off. Set METRICS_TOKEN to serve them.")
        if token is not None:
            expected = f"Bearer {token.get_secret_value()}".encode()
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(expected, given):
                raise AuthError
        return Response(app.metrics.render(), media_type=CONTENT_TYPE)

    app.add_route("/metrics", metrics, include_in_schema=False)


def _title(request: Request) -> str:
    return f"{request.app.title} {request.app.version}"


def _schema_url(request: Request) -> str:
    return f"{request.scope.get('root_path', '').rstrip('/')}/openapi.json"


def _page(page: Response) -> Response:
    page.headers["Content-Security-Policy"] = DOCS_POLICY
    return page
