"""The real language model: on its embedded server, and on a server that is none of ours."""

import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.errors import ModelError, ModelUnavailable
from rag.models.llm import Llm, open_llm
from rag.models.served import ServedLlm
from rag.models.wheels import model_file
from rag.settings import Settings, load_settings

SHORT = (("user", "Say hello."),)
ENDLESS = "root ::= [a-z] root"  # a reply that only its limit ends


def patient(**changes: Any) -> Settings:
    """The settings of the machine, with time for a busy one."""
    return load_settings(llm_timeout=240.0, **changes)


# ---- the embedded language model


@pytest.fixture(scope="module")
def llm() -> Iterator[ServedLlm]:
    """The shipped model on its embedded server."""
    opened = open_llm(patient())
    assert isinstance(opened, ServedLlm)
    yield opened
    opened.close()


def test_it_answers_and_tells_what_it_cost(llm: Llm) -> None:
    first = llm.complete((("user", "What is the capital of France? Reply with one word."),), max_tokens=8)
    assert "Paris" in first.text
    assert first.prompt_tokens + first.cached_tokens > 20
    assert first.prompt_ms > 0
    again = llm.complete((("user", "What is the capital of France? Reply with one word."),), max_tokens=8)
    assert again.text == first.text
    assert again.cached_tokens > 20


def test_yes_and_no_are_weighed(llm: Llm) -> None:
    def odds(question: str) -> float:
        found = llm.yes_or_no((("system", "Reply Yes or No."), ("user", question))).yes_log_odds
        assert found is not None
        return found

    assert odds("Is Paris a city?") > 0 > odds("Is Paris a kind of fish?")
    assert odds("Un chat est-il un animal ?") > odds("Un chat est-il un légume ?")


def test_a_grammar_binds_it_and_a_stop_ends_it(llm: Llm) -> None:
    bound = llm.complete(SHORT, max_tokens=8, grammar='root ::= "le lac" | "le pont"')
    assert bound.text in {"le lac", "le pont"}
    ended = llm.complete((("user", "Count from 1 to 9, with commas."),), max_tokens=20, stop=(",",))
    assert "," not in ended.text


def test_going_back_to_an_earlier_kind_of_prompt_reads_nothing_twice(llm: Llm) -> None:
    """Three kinds of prompt in turn, as the answer pipeline has them, each with a long beginning of its own."""
    kinds = [[("system", f"Task {kind}. " + f"{word} " * 60)] for kind, word in enumerate(("bridge", "lake", "tower"))]
    reads = []
    for turn in range(3):
        for kind in kinds:
            done = llm.yes_or_no((*kind, ("user", f"Is number {turn} even?")))
            reads.append((done.prompt_tokens, done.cached_tokens))
    assert all(cached < 60 < new for new, cached in reads[:3])
    assert all(new < 40 and cached > 60 for new, cached in reads[3:])


def test_two_readers_at_once(llm: Llm) -> None:
    found: dict[str, str] = {}

    def ask(country: str) -> None:
        question = f"What is the capital of {country}? Reply with one word."
        found[country] = llm.complete((("user", question),), max_tokens=8).text

    threads = [threading.Thread(target=ask, args=(country,)) for country in ("France", "Italy", "Spain")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [word in found[country] for country, word in (("France", "Paris"), ("Italy", "Rome"), ("Spain", "Madrid"))] == [
        True
    ] * 3


def test_a_prompt_longer_than_the_context_is_named(llm: Llm) -> None:
    with pytest.raises(ModelUnavailable, match="TEMOIN_LLM_CONTEXT"):
        llm.complete((("user", "word " * 6000),), max_tokens=1)


def test_the_server_is_closed_to_strangers(llm: ServedLlm) -> None:
    assert llm._server is not None
    address = llm._server.address(240)
    root = address.url.removesuffix("/v1")
    body = {"messages": [{"role": "user", "content": "hello"}], "max_tokens": 1}
    stranger = {"Origin": "https://stranger.example"}
    assert root.startswith("http://127.0.0.1:")
    for key in ({}, {"Authorization": "Bearer wrong"}):
        refused = httpx.post(f"{address.url}/chat/completions", json=body, headers={**stranger, **key}, timeout=60)
        assert refused.status_code == 401
    for path in ("/v1/models", "/slots", "/props", "/metrics"):
        assert httpx.get(root + path, timeout=60).status_code in {401, 404, 501}
    assert httpx.get(root + "/", timeout=60).status_code in {401, 404}
    known = {"Authorization": f"Bearer {address.key}"}
    for reply in (
        httpx.post(f"{address.url}/chat/completions", json=body, headers={**stranger, **known}, timeout=240),
        httpx.options(f"{address.url}/chat/completions", headers=stranger, timeout=60),
    ):
        assert reply.headers.get("Access-Control-Allow-Origin", "") == ""
    assert address.key not in Path(f"/proc/{llm._server._child._process.pid}/cmdline").read_text()


def test_a_server_that_was_killed_is_started_again(llm: ServedLlm) -> None:
    assert llm._server is not None
    llm.complete(SHORT, max_tokens=1)
    llm._server._child._process.kill()
    llm._server._child._process.wait()
    with pytest.raises(ModelUnavailable, match="started again"):
        llm.complete(SHORT, max_tokens=1)
    assert llm.complete(SHORT, max_tokens=3).text


def test_closing_ends_the_server_and_the_call_under_way() -> None:
    opened = open_llm(patient())
    assert isinstance(opened, ServedLlm) and opened._server is not None
    opened.complete(SHORT, max_tokens=1)
    ended: list[Exception] = []

    def ask() -> None:
        try:
            opened.complete(SHORT, max_tokens=2000, grammar=ENDLESS)
        except ModelUnavailable as error:
            ended.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(1)
    opened.close()
    thread.join(20)
    assert ended
    assert opened._server._child._process.poll() is not None


def test_the_server_does_not_outlive_its_parent() -> None:
    script = """
        from rag.models.llm import open_llm
        from rag.settings import load_settings
        llm = open_llm(load_settings(llm_timeout=240))
        llm._server.address(240)
        print(llm._server._child._process.pid, flush=True)
        input()
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert Path(f"/proc/{child}").exists()
    parent.kill()
    parent.communicate()
    assert _within(60, lambda: not _running(child))


def test_a_file_that_is_no_model_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "empty.gguf"
    path.write_bytes(b"GGUF" + bytes(1000))
    opened = open_llm(patient(llm=path))
    try:
        with pytest.raises(ModelError, match=r"empty\.gguf cannot be loaded") as caught:
            opened.complete(SHORT, max_tokens=1)
    finally:
        opened.close()
    assert "\n" not in str(caught.value)


# ---- another server


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """An OpenAI-compatible server in a process that is none of ours; its address, its key is «secret»."""
    script = f"""
        import sys, xllamacpp
        params = xllamacpp.CommonParams()
        params.model.path = {str(model_file(load_settings()))!r}
        params.n_ctx, params.n_parallel, params.api_keys, params.verbosity = 2048, 1, ["secret"], -1
        server = xllamacpp.Server(params)
        print(server.listening_address, flush=True)
        sys.stdin.read()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip() + "/v1"
    process.kill()
    process.communicate()


def test_a_server_of_the_settings_is_used_instead(elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMOIN_LLM_URL", elsewhere)
    monkeypatch.setenv("TEMOIN_LLM_API_KEY", "secret")
    opened = open_llm(patient())
    done = opened.complete((("user", "What is the capital of France? Reply with one word."),), max_tokens=8)
    assert "Paris" in done.text
    assert done.prompt_ms > 0
    assert opened.complete(SHORT, max_tokens=8, grammar='root ::= "le lac"').text == "le lac"
    odds = opened.yes_or_no((("system", "Reply Yes or No."), ("user", "Is Paris a city?"))).yes_log_odds
    assert odds is not None and odds > 0
    opened.close()


def test_a_wrong_key_is_one_line(elsewhere: str) -> None:
    opened = open_llm(patient(llm_url=elsewhere, llm_api_key="wrong"))
    with pytest.raises(ModelUnavailable, match="TEMOIN_LLM_API_KEY"):
        opened.complete(SHORT, max_tokens=1)


def test_giving_up_frees_the_servers_slot(elsewhere: str) -> None:
    """Its only slot: an answer nobody waits for any more must not keep the next reader waiting."""
    hasty = open_llm(load_settings(llm_url=elsewhere, llm_api_key="secret", llm_timeout=2.0))
    with pytest.raises(ModelUnavailable, match="TEMOIN_LLM_TIMEOUT"):
        hasty.complete(SHORT, max_tokens=1900, grammar=ENDLESS)

    def idle() -> bool:
        time.sleep(3)  # the server looks for closed connections after a second in which nobody got a reply
        slots = httpx.get(elsewhere.removesuffix("/v1") + "/slots", headers={"Authorization": "Bearer secret"}, timeout=60)
        return not any(slot["is_processing"] for slot in slots.json())

    assert _within(40, idle), "1,900 tokens take longer than that"


def _running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _within(seconds: float, holds: Any) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.2)
    return False
