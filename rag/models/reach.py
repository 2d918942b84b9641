"""Whether a remote model server can be reached, asked so rarely that a health check costs nothing."""

from __future__ import annotations

import threading
import time

from rag.models.llm import State

FRESH = 5.0  # seconds for which what was found is told again
_PATIENCE = 2.0  # seconds: a server that needs longer to list its models is not one to wait for


class Reach:
    """``state`` asks the server for its models, the one request that every OpenAI-compatible server answers at once."""

    def __init__(self, url: str, key: str) -> None:
        """``url``: …/v1, as in the settings. Nothing is asked yet."""
        self._url = f"{url.rstrip('/')}/models"
        self._key = key
        self._asking = threading.Lock()
        self._asked_at: float | None = None
        self._found: State = "loading"

    @property
    def state(self) -> State:
        """``loading`` until the first reply. While one caller asks, the others are told what was found before."""
        stale = self._asked_at is None or time.monotonic() - self._asked_at > FRESH
        if stale and self._asking.acquire(blocking=False):
            try:
                self._found = "ready" if self._answers() else "unavailable"
                self._asked_at = time.monotonic()
            finally:
                self._asking.release()
        return self._found

    def _answers(self) -> bool:
        """A refused key or a fault of the server's is no model to ask; that it lists no models does not matter."""
        import httpx

        try:
            reply = httpx.get(self._url, headers={"Authorization": f"Bearer {self._key}"}, timeout=_PATIENCE)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return False
        return reply.status_code < 500 and reply.status_code not in (401, 403)
