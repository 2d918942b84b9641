"""The real language model on a server that is none of ours."""

import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator

import httpx
import pytest

from rag.errors import ModelUnavailable
from rag.models.llm import open_llm
from rag.models.wheels import model_file
from rag.settings import load_settings
from tests.patience import ENDLESS, SHORT, patient, within


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
    assert opened.state == "ready"
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

    assert within(40, idle), "1,900 tokens take longer than that"
