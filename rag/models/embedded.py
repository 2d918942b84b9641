"""The embedded model server seen from outside: started in the background, waited for at first use."""

from __future__ import annotations

import json
import logging
import secrets
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ModelError, ModelUnavailable
from rag.models.cpu import physical_cores
from rag.models.llm import State

log = logging.getLogger(__name__)
ENGINE = Path(__file__).with_name("engine.py")
#: Prompts in work at once: one reader's and another's. Each may hold ``context`` tokens.
SLOTS = 2
#: Memory for prompts seen before: going back and forth between kinds of prompt then reads nothing twice.
CACHE_MIB = 512


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens and the key it wants."""

    url: str
    key: str


class EmbeddedServer:
    """A child process that serves one GGUF file on loopback. ``address`` waits until the model is loaded."""

    def __init__(self, model: Path, *, context: int, threads: int, adapter: Path | None = None) -> None:
        """Start loading and return at once. ``threads``: 0 for all physical cores; ``adapter``: used when asked for."""
        self._model = model
        self.adapted = adapter is not None
        self._wanted: dict[str, object] = {
            "model": str(model),
            "adapter": str(adapter) if adapter else None,
            "context": context,
            "slots": SLOTS,
            "threads": threads or physical_cores(),
            "cache_mib": CACHE_MIB,
        }
        self._closed = False
        self._guard = threading.Lock()
        self._child = _Child(self._wanted)

    def address(self, timeout: float) -> Address:
        """The address, once the model is loaded; waits up to ``timeout`` seconds.

        Raises ModelUnavailable when it is not ready by then, or has ended (it is then started again), ModelError
        when the file cannot be loaded.
        """
        child = self._child
        if not child.ready.wait(timeout):
            raise ModelUnavailable(
                f"the embedded model is still loading after {timeout:.0f} s; try again, or raise TEMOIN_LLM_TIMEOUT"
            )
        if child.failed():
            raise ModelError(
                f"{self._model} cannot be loaded ({child.said[7:]}); set TEMOIN_LLM to another GGUF file, "
                "or remove this one and run: python -m rag models"
            )
        if not child.alive():
            self._start_again(child)
            raise ModelUnavailable("the embedded model server has ended and is being started again; ask again")
        return Address(child.said + "/v1", child.key)

    @property
    def state(self) -> State:
        """What is known without waiting. A server that has ended is started again by the first who notices.

        One that ended while loading is left alone here: a health check every few seconds would load it for ever.
        """
        child = self._child
        if not child.ready.is_set():
            return "loading"
        if child.failed():
            return "unavailable"
        if not child.alive():
            if child.said:
                self._start_again(child)
            return "unavailable"
        return "ready"

    def close(self) -> None:
        """End the process. May be called twice."""
        with self._guard:
            self._closed = True
            self._child.end()

    def _start_again(self, dead: _Child) -> None:
        with self._guard:
            if self._child is dead and not self._closed:
                log.warning("the embedded model server ended with code %s; starting it again", dead.end())
                self._child = _Child(self._wanted)


class _Child:
    """One run of ``engine.py``."""

    def __init__(self, wanted: dict[str, object]) -> None:
        self.key = secrets.token_urlsafe(32)
        self.said = ""  #: its line: the address, or ``error: …``, or nothing when it ended before
        self.ready = threading.Event()
        self._process = subprocess.Popen(
            [sys.executable, str(ENGINE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=self._listen, args=(wanted,), name="model server", daemon=True).start()

    def _listen(self, wanted: dict[str, object]) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        started = time.perf_counter()
        try:
            self._process.stdin.write(json.dumps({**wanted, "key": self.key}) + "\n")
            self._process.stdin.flush()
            self.said = self._process.stdout.readline().strip()
        except (OSError, ValueError):
            pass  # it ended, or was ended, while loading: nothing was said
        log.info("model server: %s after %.1f s", self.said or "nothing", time.perf_counter() - started)
        self.ready.set()

    def failed(self) -> bool:
        """Whether it said that the file cannot be loaded."""
        return self.said.startswith("error:")

    def alive(self) -> bool:
        """Whether it said where it listens and still runs."""
        return bool(self.said) and self._process.poll() is None

    def end(self) -> int:
        """Kill it (it keeps nothing that could be lost) and return its exit code."""
        self._process.kill()
        code = self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        return code
