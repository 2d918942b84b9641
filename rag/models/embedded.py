"""The embedded model server seen from outside: started in the background, waited for at first use."""

from __future__ import annotations

import json
import logging
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ModelError, ModelUnavailable

log = logging.getLogger(__name__)
ENGINE = Path(__file__).with_name("engine.py")
#: Prompts in use at once; one is the reader's, the other a second reader's. Each holds ``context`` tokens.
SLOTS = 2
#: Memory for the prompts seen before: switching between kinds of prompt then reads nothing twice.
CACHE_MIB = 512


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens and the key it wants."""

    url: str
    key: str


class EmbeddedServer:
    """A child process that serves one GGUF file. ``address`` waits until it is loaded."""

    def __init__(self, model: Path, *, context: int, threads: int) -> None:
        """Start loading and return at once."""
        self._key = secrets.token_urlsafe(32)
        self._model = model
        self._wanted = {
            "model": str(model),
            "key": self._key,
            "context": context,
            "slots": SLOTS,
            "threads": threads or physical_cores(),
            "cache_mib": CACHE_MIB,
        }
        self._ready = threading.Event()
        self._said = ""
        self._closed = False
        self._process = subprocess.Popen(
            [sys.executable, str(ENGINE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=self._listen, name="model server", daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(self._wanted) + "\n")
            self._process.stdin.flush()
            self._said = self._process.stdout.readline().strip()
        except (OSError, ValueError):
            pass  # it died, or was closed, while loading: nothing was said
        self._ready.set()

    def address(self, timeout: float) -> Address:
        """The address, once the model is loaded; waits up to ``timeout`` seconds.

        Raises ModelUnavailable when it is not ready by then or has ended, ModelError when the file is no model.
        """
        if not self._ready.wait(timeout):
            raise ModelUnavailable(
                f"the embedded model is still loading after {timeout:.0f} s; try again, or raise TEMOIN_LLM_TIMEOUT"
            )
        if self._said.startswith("error:"):
            raise ModelError(
                f"{self._model} cannot be loaded ({self._said[7:]}); remove it to have it built again, "
                "or set TEMOIN_LLM to another GGUF file"
            )
        if self._closed or not self._said or self._process.poll() is not None:
            raise ModelUnavailable(
                "the embedded model server has ended; start again, or set TEMOIN_LLM_URL to another server"
            )
        return Address(self._said + "/v1", self._key)

    def close(self) -> None:
        """End the process. May be called twice."""
        self._closed = True
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


def physical_cores() -> int:
    """Cores this process may use, hyper-threads counted once: more threads than that slow a model down."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        lists = {path.read_text() for path in Path("/sys/devices/system/cpu").glob("cpu[0-9]*/topology/thread_siblings_list")}
    except OSError:
        lists = set()
    return max(1, min(usable, len(lists) or usable))
