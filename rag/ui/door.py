"""The door: who may pass to the page, who to the interfaces for programs, and the log-in page.

Page: everybody where no users are set, else those who are logged in. Programs (/v1, /mcp, /metrics): with the
API key, or logged in, or everybody where neither key nor users are set. Without either, on a loopback address,
only requests addressed to this machine pass, so that no web page can reach it under a name of its own.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import anyio.to_thread

from rag.types import Language
from rag.ui.marks import esc
from rag.ui.texts import say
from rag.ui.users import DAYS, Throttled, Users

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "temoin-session"
USER = "temoin_user"  #: key of the request's scope: who asks
_PROGRAMS = ("/v1", "/mcp", "/metrics", "/openapi.json")
_LOCAL = {"127.0.0.1", "localhost", "[::1]"}


class Door:
    """ASGI middleware in front of everything but /healthz."""

    def __init__(self, app: ASGIApp, users: Users | None, api_key: str, *, only_local: bool) -> None:
        """``only_local``: take only requests addressed to a loopback name."""
        self._app = app
        self._users = users
        self._key = api_key
        self._only_local = only_local and users is None and not api_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its user named, or answer it here."""
        if scope["type"] != "http" or scope["path"] == "/healthz":
            await self._app(scope, receive, send)
            return
        from starlette.requests import Request

        request = Request(scope, receive)
        answer = await self._stopped(request)
        if answer is not None:
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _stopped(self, request: Request) -> Response | None:
        """What is answered instead of the application; None when the request may pass."""
        from starlette.responses import JSONResponse, RedirectResponse

        if self._only_local and _host(request) not in _LOCAL:
            error = "served for this machine only; to serve others start with --host, and set users or an API key"
            return JSONResponse({"error": error}, 421)
        path = request.url.path
        if self._users and path in ("/login", "/logout"):
            return await self._log(request, self._users)
        token = request.cookies.get(COOKIE, "")
        user = self._users.of(token) if self._users and token else None
        if path.startswith(_PROGRAMS):
            if user is None and not self._has_key(request):
                error = "send the API key: Authorization: Bearer …"
                return JSONResponse({"error": error}, 401, {"www-authenticate": "Bearer"})
            request.scope[USER] = user or _address(request)
            return None
        if self._users and user is None:
            if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
                return RedirectResponse("/login", 303)
            return JSONResponse({"error": "log in first"}, 401)
        request.scope[USER] = user or _address(request)
        return None

    def _has_key(self, request: Request) -> bool:
        if not self._key:
            return self._users is None
        given = request.headers.get("authorization", "")
        return secrets.compare_digest(given.encode(), f"Bearer {self._key}".encode())

    async def _log(self, request: Request, users: Users) -> Response:
        from starlette.responses import HTMLResponse, RedirectResponse

        language: Language = "fr" if request.headers.get("accept-language", "").lower().startswith("fr") else "en"
        if request.url.path == "/logout":
            users.log_out(request.cookies.get(COOKIE, ""))
            response: Response = RedirectResponse("/login", 303)
            response.delete_cookie(COOKIE)
            return response
        if request.method != "POST":
            return HTMLResponse(_login_page(language))
        form = parse_qs((await request.body()).decode(errors="replace"))
        name, password = (form.get(key, [""])[0] for key in ("name", "password"))
        try:
            token = await anyio.to_thread.run_sync(users.log_in, name, password, _address(request))
        except Throttled:
            return HTMLResponse(_login_page(language, "login_throttled"), 429, {"retry-after": "60"})
        if token is None:
            return HTMLResponse(_login_page(language, "login_wrong"), 401)
        response = RedirectResponse("/", 303)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, token, max_age=DAYS * 86400, httponly=True, samesite="strict", secure=secure)
        return response


def _host(request: Request) -> str:
    host = request.headers.get("host", "")
    return host if host.endswith("]") else host.rsplit(":", 1)[0]


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _login_page(language: Language, fault: str = "") -> str:
    notice = f'<p role="alert">{esc(say(language, fault))}</p>' if fault else ""
    return f"""<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Témoin</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body {{ font: 1rem/1.5 system-ui, sans-serif; background: #fbfaf7; color: #22262a }}
body {{ display: grid; place-items: center; min-height: 90vh }}
form {{ display: grid; gap: 10px; width: min(320px, 88vw) }} h1 {{ font: 600 1.75rem Georgia, serif; margin: 0 }}
input, button {{ font: inherit; padding: 8px 10px; border: 1px solid #8a8f94; border-radius: 8px }}
input, button {{ width: 100%; box-sizing: border-box }}
button {{ background: #1d5c63; color: #fff; border: 0 }} p {{ color: #8a3b12; margin: 0 }}
@media (prefers-color-scheme: dark) {{ body {{ background: #16191c; color: #e7e4dd }} p {{ color: #f0b48f }}
 input {{ background: #1d2125; color: inherit }} button {{ background: #86c5ca; color: #10262a }} }}
</style></head><body><main><form method="post" action="/login"><h1>Témoin</h1>{notice}
<label>{esc(say(language, "login_name"))}<input name="name" autocomplete="username" required autofocus></label>
<label>{esc(say(language, "login_password"))}<input name="password" type="password" autocomplete="current-password" required>
</label><button>{esc(say(language, "login"))}</button></form></main></body></html>"""
