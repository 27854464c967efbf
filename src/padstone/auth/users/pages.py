"""Two small pages for people who open a mailed link where no front end takes it.

The token stands behind the ``#`` of the link, which browsers send to nobody: it is in no log, no
``Referer``, and no mail scanner that follows the link uses it up. The page's script reads it, and
sends it when the person presses the button.
"""

import base64
import hashlib

from fastapi import APIRouter
from starlette.responses import HTMLResponse

__all__ = ["page_routes"]

page_routes = APIRouter(include_in_schema=False)
"""The pages stand at the paths to which they post."""

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:15vh auto;padding:0 1rem}"
    "input,button{font:inherit;padding:.5rem .75rem;margin:.5rem 0;width:100%;"
    "box-sizing:border-box}"
)

_SCRIPT = """\
const form = document.querySelector("form"), word = document.querySelector("p");
const token = new URLSearchParams(location.hash.slice(1)).get("token");
history.replaceState(null, "", location.pathname);
if (!token) { word.textContent = "This link is not complete. Copy all of it."; form.remove(); }
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = {token}, field = form.querySelector("input[type=password]");
  if (field) body.password = field.value;
  const answer = await fetch(location.pathname, {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body),
  }).catch(() => null);
  if (answer && answer.ok) { word.textContent = form.dataset.done; form.remove(); return; }
  const problem = answer ? await answer.json().catch(() => ({})) : {};
  const first = (problem.errors || []).find((item) => item.field === "body.password");
  word.textContent = first ? "The password " + first.message + "."
    : problem.detail || "That did not work. Try again.";
});
"""


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"connect-src 'self'; script-src {_source(_SCRIPT)}; style-src {_source(_STYLE)}"
)


def _page(title: str, words: str, done: str, fields: str) -> HTMLResponse:
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f'<p role="status">{words}</p><form data-done="{done}">{fields}</form>'
        f"<script>{_SCRIPT}</script></body></html>",
        headers={"Content-Security-Policy": _POLICY},
    )


@page_routes.get("/verify-email")
async def verify_email_page() -> HTMLResponse:
    """The page behind the link that verifies an address."""
    return _page(
        "Verify your address",
        "Press the button if it was you who registered.",
        "Your address is verified. You can sign in now.",
        "<button>Verify my address</button>",
    )


@page_routes.get("/reset-password")
async def reset_password_page() -> HTMLResponse:
    """The page behind the link to choose a new password."""
    return _page(
        "Choose a new password",
        "Take at least 12 characters; a few words are easy to remember.",
        "Your password is changed. You can sign in now.",
        '<input type="password" autocomplete="new-password" required aria-label="New password">'
        "<button>Change my password</button>",
    )
