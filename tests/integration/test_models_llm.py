"""The real language model on its embedded server."""

import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rag.errors import ModelError, ModelUnavailable
from rag.generation.prompts import load
from rag.generation.witness import hear, source_text, witness_prompt
from rag.models.llm import Llm, open_llm
from rag.models.served import ServedLlm
from rag.models.yes_no import weigh
from tests.patience import ENDLESS, SHORT, patient, within
from tests.stand import evidence


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


def test_a_second_witness_costs_only_its_own_words(llm: ServedLlm) -> None:
    """Instruction and examples are read once: the server's own count of what it still knew covers them."""
    first, second = (
        evidence("The bridge cost four million euros, the town hall said.", "en"),
        evidence("La bibliothèque municipale ouvre le lundi à neuf heures.", "fr"),
    )
    question = "How much did the bridge cost?"
    assert llm._server is not None
    address = llm._server.address(240)

    def tokens(text: str) -> int:
        asked = {"url": address.url.removesuffix("/v1") + "/tokenize", "headers": {"Authorization": f"Bearer {address.key}"}}
        return len(httpx.post(json={"content": text}, timeout=240, **asked).json()["tokens"])

    *shared, (_, turn) = load("witness").messages(question=question, source=source_text(second))
    heard = [weigh(llm, witness_prompt(question, item, adapted=False)) for item in (first, second)]
    cost = heard[1][1]
    assert sum(tokens(text) for _, text in shared) > 150
    assert cost.cached_tokens >= sum(tokens(text) for _, text in shared)
    assert cost.prompt_tokens <= tokens(turn) + 10, "its source and question, and the marks of a turn around them"
    assert heard[0][0] > 0 > heard[1][0]


def test_what_goes_through_the_adapter_leaves_the_rest_alone(llm: Llm) -> None:
    """The model as it came says the same before and after, and still knows its translator's examples; asked twice, one reply."""
    item, question = evidence("The bridge cost four million euros, the town hall said.", "en"), "Combien le pont a-t-il coûté ?"
    plain, translating = witness_prompt(question, item, adapted=False), load("to_fr").messages(source=item.sentence.text)
    before = weigh(llm, plain)[0]
    llm.complete(translating, max_tokens=1)
    first, again = hear(llm, question, item), hear(llm, question, item)
    assert llm.adapted and first.log_odds == again.log_odds
    assert again.completion.prompt_tokens == 0
    assert llm.complete(translating, max_tokens=1).cached_tokens > 100
    assert weigh(llm, plain)[0] == pytest.approx(before, abs=0.1)


def test_the_adapted_model_tells_who_answers_across_languages(llm: Llm) -> None:
    question = "Combien le pont a-t-il coûté ?"
    said = {
        text: hear(llm, question, evidence(text, "en")).log_odds
        for text in ("The bridge cost four million euros.", "The bridge opened in May.", "The library cost two million euros.")
    }
    first, *others = said.values()
    assert first > 0 > max(others)


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
    assert within(60, lambda: not _running(child))


def test_a_file_that_is_no_model_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "empty.gguf"
    path.write_bytes(b"GGUF" + bytes(1000))
    opened = open_llm(patient(llm=path))
    try:
        with pytest.raises(ModelError, match=r"empty\.gguf cannot be loaded") as caught:
            opened.complete(SHORT, max_tokens=1)
        assert opened.state == "unavailable"
    finally:
        opened.close()
    assert "\n" not in str(caught.value)


def _running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
