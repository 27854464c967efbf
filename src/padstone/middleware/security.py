"""Headers that tell browsers to be careful with what an API answers."""

__all__ = ["DOCS_POLICY", "SECURITY_HEADERS", "security_headers"]

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    # Answers belong to whoever asked; a shared cache must not keep them unless a route says so.
    "Cache-Control": "no-store",
}
"""What every answer carries."""

HSTS = "max-age=31536000; includeSubDomains"

# Swagger UI and ReDoc load their scripts from one host and start with an inline script.
DOCS_POLICY = (
    "default-src 'none'; connect-src 'self'; frame-ancestors 'none'; "
    "script-src 'unsafe-inline' https://cdn.jsdelivr.net; "
    "style-src 'unsafe-inline' https://cdn.jsdelivr.net https://fonts.googleapis.com; "
    "font-src https://fonts.gstatic.com; worker-src blob:; "
    "img-src data: https://fastapi.tiangolo.com https://cdn.redoc.ly"
)


def security_headers(*, deployed: bool) -> list[tuple[bytes, bytes]]:
    """The headers in ASGI's form; with HSTS where strangers reach the service over TLS."""
    headers = SECURITY_HEADERS | ({"Strict-Transport-Security": HSTS} if deployed else {})
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
