"""The web application around the page: health, security headers, size limits, graceful shutdown.

``build_app`` mounts the Gradio page on FastAPI; ``serve`` runs it with uvicorn until a signal. Nothing on
the page may load or send anything elsewhere: the content security policy says so to the browser.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.errors import RagError, SettingsError
from rag.ui.door import USER, Door
from rag.ui.users import Users

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from rag.ui.gate import Figures
    from rag.ui.service import Service

#: Gradio needs inline scripts and eval; inline handlers (onerror=…) it does not, and they stay forbidden.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "script-src-attr 'none'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


class Guard:
    """ASGI middleware: security headers on every response, 413 for a body over ``limit`` bytes.

    Without ``uploads`` Gradio's own upload route is closed too, which would else take any file.
    """

    def __init__(self, app: ASGIApp, limit: int, *, uploads: bool = True) -> None:
        self.app = app
        self.limit = limit
        self.uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless its declared or its actual length is over the limit."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        started = False
        seen = 0

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                names = {name for name, _ in HEADERS}
                kept = [header for header in message.get("headers", []) if header[0].lower() not in names]
                message["headers"] = [*kept, *HEADERS]
            await send(message)

        async def counted_receive() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit:
                raise _TooLarge
            return message

        if not self.uploads and scope["path"].rstrip("/").endswith("/upload"):
            await _refuse(guarded_send, 403, "uploads are switched off")
            return
        try:
            if not length.isdigit() or int(length) > self.limit:
                raise _TooLarge
            await self.app(scope, counted_receive, guarded_send)
        except _TooLarge:
            if not started:
                await _refuse(guarded_send, 413, "the request is too large")


class _TooLarge(Exception):
    """A request body is over the limit."""


async def _refuse(send: Callable[[Message], Any], status: int, reason: str) -> None:
    body = json.dumps({"error": reason}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@dataclass(frozen=True)
class Access:
    """Who may use it, and how much may be sent. See ``door`` for what follows from it."""

    users: Users | None = None
    api_key: str = ""
    loopback: bool = True  #: served on a loopback address
    upload_mb: int = 20
    uploads: bool = True


def build_app(
    page: Any, look: dict[str, Any], service: Service, figures: Figures, health: Callable[[], dict[str, Any]], access: Access
) -> FastAPI:
    """The FastAPI application: the page at ``/``, the interfaces for programs, ``/healthz`` and ``/metrics``.

    ``health`` gives at least {"ready": bool}.
    """
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.responses import HTMLResponse, JSONResponse, Response

    from rag.ui.api import build_api, failed
    from rag.ui.reference import reference
    from rag.ui.tools import build_tools, mcp_app

    tools = mcp_app(build_tools(service))

    def while_serving(_: FastAPI) -> AbstractAsyncContextManager[Any]:
        return tools.router.lifespan_context(tools)

    app = FastAPI(title="Témoin", docs_url=None, redoc_url=None, lifespan=while_serving)
    app.add_exception_handler(RagError, failed)
    app.include_router(build_api(service))
    app.router.routes.extend(tools.routes)

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> JSONResponse:
        """Live when it answers at all; 200 when also ready to answer questions, else 503."""
        state = {"live": True, **health()}
        return JSONResponse(state, status_code=200 if state.get("ready") else 503)

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        """Figures for Prometheus."""
        return Response(figures.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    @app.get("/v1", include_in_schema=False)
    def described() -> HTMLResponse:
        """The interfaces, for people."""
        return HTMLResponse(reference(app.openapi()))

    who = (lambda request: request.scope.get(USER)) if access.users else None
    gr.mount_gradio_app(app, page, path="/", max_file_size=f"{access.upload_mb}mb", auth_dependency=who, **look)
    app.add_middleware(Door, users=access.users, api_key=access.api_key, only_local=access.loopback)
    app.add_middleware(Guard, limit=(access.upload_mb + 1) * 1024 * 1024, uploads=access.uploads)
    return app


def claim(host: str, port: int) -> socket.socket:
    """Bind the address before anything heavy is loaded; SettingsError when it is taken or not ours."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise SettingsError(f"{host} is no address of this machine ({error}); choose another with --host") from error
    listener = socket.socket(family, kind, proto)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise SettingsError(f"port {port} on {host} cannot be used ({error.strerror}); choose another with --port") from error
    return listener


def serve(app: FastAPI, listener: socket.socket, started: Callable[[str], None]) -> None:
    """Serve on ``listener`` until interrupted; open answers get five seconds to end. Calls ``started(url)``."""
    import uvicorn

    host, port = listener.getsockname()[:2]
    url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"

    class Announced(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                started(url)

    logging.getLogger("uvicorn.error").addFilter(_not_cancelled)
    server = Announced(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5, server_header=False))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stop, too, unwinds and closes what is open
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:  # uvicorn raises the signal again once it has stopped in order
        return
    if not server.started:
        raise RagError("the page could not be served; run again with --debug to see why")


def _not_cancelled(record: logging.LogRecord) -> bool:
    """Streams cut by an orderly stop are no errors to log."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))
