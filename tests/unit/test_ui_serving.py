"""The server around the page: addresses, limits, headers, the model that warms up."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from operator import methodcaller
from typing import Any

import pytest
from starlette.testclient import TestClient

from rag.errors import ModelError, ModelUnavailable, SettingsError
from rag.ui.server import Guard, claim
from rag.ui.timeline import dates_of
from rag.ui.warming import WarmingLlm
from tests.town import sentence


def test_a_busy_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port} on 127.0.0.1 cannot be used .*choose another with --port"):
            claim("127.0.0.1", port)


def test_an_address_that_is_none_is_one_clear_line() -> None:
    with pytest.raises(SettingsError, match="choose another with --host"):
        claim("nowhere.invalid", 0)


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    size = 0
    while True:
        message = await receive()
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": str(size).encode()})


def test_large_bodies_are_refused_declared_or_not() -> None:
    client = TestClient(Guard(_echo, limit=100))
    assert client.post("/", content=b"x" * 100).text == "100"
    assert client.post("/", content=b"x" * 101).status_code == 413
    assert client.post("/", content=iter([b"x" * 60, b"x" * 60])).status_code == 413


def test_every_response_carries_the_policy_even_a_refusal() -> None:
    client = TestClient(Guard(_echo, limit=10))
    for response in (client.get("/"), client.post("/", content=b"x" * 11)):
        assert "script-src-attr 'none'" in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"


class _Llm:
    fingerprint = "fake"
    closed = False
    state = "ready"

    def complete(self, messages: Any, *, max_tokens: int, grammar: Any = None, stop: Any = ()) -> str:
        if self.state == "unavailable":
            raise ModelError("no tensors in the model file; give another")
        return "done"

    def yes_or_no(self, messages: Any, *, adapted: bool = False) -> str:
        return self.complete(messages, max_tokens=1)

    def begins_with(self, messages: Any, word: str) -> str:
        return self.complete(messages, max_tokens=1)

    def close(self) -> None:
        self.closed = True


def test_a_question_waits_for_the_model_while_it_loads() -> None:
    opened, model = threading.Event(), _Llm()

    def open_it() -> Any:
        opened.wait(5)
        return model

    llm = WarmingLlm(open_it, patience=5)
    assert llm.state == "loading"
    threading.Timer(0.05, opened.set).start()
    assert llm.complete([], max_tokens=1) == "done"  # type: ignore[comparison-overlap]
    assert llm.state == "ready"
    llm.close()
    assert model.closed


def test_a_model_that_cannot_be_loaded_is_unavailable_with_its_reason() -> None:
    def fail() -> Any:
        raise ModelError("the model file is damaged; delete it")

    llm = WarmingLlm(fail, patience=5)
    with pytest.raises(ModelUnavailable, match="the model file is damaged; delete it"):
        llm.complete([], max_tokens=1)
    assert llm.state == "unavailable"
    llm.close()


def test_an_open_model_is_ready_once_it_says_so() -> None:
    """Opening only starts the server: it loads for seconds, may fail at that, and may end later."""
    model = _Llm()
    llm = WarmingLlm(lambda: model, patience=5)  # type: ignore[arg-type, return-value]
    llm._opened.result(5)
    for state in ("loading", "ready", "unavailable"):
        model.state = state
        assert llm.state == state
    llm.close()


@pytest.mark.parametrize(
    "ask", [methodcaller("complete", [], max_tokens=1), methodcaller("yes_or_no", []), methodcaller("begins_with", [], "NONE")]
)
def test_a_file_found_bad_at_first_use_is_a_model_that_is_not_there(ask: Any) -> None:
    model = _Llm()
    model.state = "unavailable"
    llm = WarmingLlm(lambda: model, patience=5)  # type: ignore[arg-type, return-value]
    with pytest.raises(ModelUnavailable, match="no tensors in the model file; give another"):
        ask(llm)
    llm.close()


def test_health_tells_what_is_missing() -> None:
    from app import health

    class Library:
        def sources(self) -> tuple[str, ...]:
            return ("one", "two")

    model = _Llm()
    for state, ready in (("loading", False), ("ready", True), ("unavailable", False)):
        model.state = state
        told = health(Library(), model)  # type: ignore[arg-type]
        assert told == {"ready": ready, "documents": 2, "model": state}


def test_what_follows_opening_keeps_nobody_waiting() -> None:
    model, going, over = _Llm(), threading.Event(), threading.Event()

    def prime(_: Any) -> None:
        going.set()
        over.wait(5)
        raise ModelUnavailable("closed meanwhile")

    llm = WarmingLlm(lambda: model, patience=5, then=prime)  # type: ignore[arg-type, return-value]
    assert going.wait(5)
    assert llm.state == "ready"
    assert llm.complete([], max_tokens=1) == "done"  # type: ignore[comparison-overlap]
    over.set()
    llm.close()
    assert model.closed


def test_patience_ends() -> None:
    release = threading.Event()
    llm = WarmingLlm(lambda: release.wait(5), patience=0.05)  # type: ignore[arg-type, return-value]
    with pytest.raises(ModelUnavailable, match="still loading"):
        llm.yes_or_no([])
    release.set()


@pytest.mark.parametrize(
    ("text", "language", "dates"),
    [
        ("Le pont a rouvert le 3 mai 2021.", "fr", ("2021-05-03",)),
        ("It reopened in May 2021 and closed again on 6 December 2023.", "en", ("2021-05", "2023-12-06")),
        ("Le pont compte 2021 pierres ? Non : 2 021,5 kg.", "fr", ("2021",)),
        ("Depuis 2019, le nombre a augmenté de 30 %.", "fr", ("2019",)),
        ("Elle est ouverte le mercredi, et en août.", "fr", ()),
    ],
)
def test_dates_with_a_year_are_found(text: str, language: str, dates: tuple[str, ...]) -> None:
    assert dates_of(sentence(text, language)) == dates


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_in_order(stop: signal.Signals) -> None:
    script = (
        "import sys\nfrom rag.ui.server import claim, serve\n"
        "async def app(scope, receive, send): pass\n"
        "try: serve(app, claim('127.0.0.1', 0), lambda url: print(url, flush=True))\n"
        "finally: print('closed', flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    process.send_signal(stop)
    told, _ = process.communicate(timeout=30)
    assert (told, process.returncode) == ("closed\n", 0)
