"""The language model through a scripted OpenAI-compatible server: what is sent, what is read, what is told."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rag.errors import ModelUnavailable
from rag.models.embedded import Address
from rag.models.llm import Llm, open_llm
from rag.models.served import ServedLlm
from rag.settings import Settings
from tests.model_server import Server, said

ASKED = (("system", "Be brief."), ("user", "Is the bridge open?"))


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[Server, Llm]]]:
    """Start a server with a reply, and open the model it serves."""
    opened: list[tuple[Server, Llm]] = []

    def start(reply: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]], **settings: Any) -> tuple[Server, Llm]:
        server = Server(reply)
        llm = open_llm(Settings(llm_url=server.url, llm_model="bridge-1", llm_api_key="secret", **settings))
        opened.append((server, llm))
        return server, llm

    yield start
    for server, llm in opened:
        llm.close()
        server.close()


def refused(status: int) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"message": "not\nlike this", "type": "error", "code": status}}


def test_what_is_sent_and_what_is_read(serve: Callable[..., tuple[Server, Llm]]) -> None:
    server, llm = serve(lambda _: said("It is open."))
    done = llm.complete(ASKED, max_tokens=30, grammar='root ::= "x"', stop=("\n",))
    assert (done.text, done.prompt_tokens, done.completion_tokens, done.yes_log_odds) == ("It is open.", 20, 3, None)
    body = server.bodies[0]
    assert [(turn["role"], turn["content"]) for turn in body["messages"]] == list(ASKED)
    assert (body["model"], body["max_tokens"], body["temperature"], body["stop"]) == ("bridge-1", 30, 0.0, ["\n"])
    assert body["grammar"] == 'root ::= "x"'
    assert "seed" in body
    assert server.keys == ["Bearer secret"]


def test_yes_or_no_reads_the_first_token(serve: Callable[..., tuple[Server, Llm]]) -> None:
    server, llm = serve(lambda _: said("Yes", {"Yes": -0.1, "No": -2.4}))
    assert llm.yes_or_no(ASKED).yes_log_odds == pytest.approx(2.3)
    assert (server.bodies[0]["max_tokens"], server.bodies[0]["logprobs"], server.bodies[0]["top_logprobs"]) == (1, True, 20)
    assert not {"lora", "id_slot"} & set(server.bodies[0]), "another server's model is not adapted"


class Adapted:
    """In the embedded server's place: one with an adapter, somewhere else."""

    adapted, state = True, "ready"

    def __init__(self, url: str) -> None:
        self._address = Address(url, "key")

    def address(self, _: float) -> Address:
        return self._address

    def close(self) -> None:
        pass


def test_what_is_asked_through_the_adapter_has_a_slot_of_its_own_and_is_asked_once() -> None:
    server = Server(lambda _: said("Yes", {"Yes": -0.1, "No": -2.4}))
    llm = ServedLlm(Settings(), Adapted(server.url), "fake")  # type: ignore[arg-type]
    try:
        first, again = (llm.yes_or_no(ASKED, adapted=True) for _ in range(2))
        plain = llm.yes_or_no(ASKED)
        llm.complete(ASKED, max_tokens=5, grammar='root ::= "x"')
    finally:
        llm.close()
        server.close()
    assert first.yes_log_odds == again.yes_log_odds == plain.yes_log_odds == pytest.approx(2.3)
    assert (first.prompt_tokens, again.prompt_tokens, again.completion_tokens) == (20, 0, 0)
    assert [(body.get("lora"), body["id_slot"]) for body in server.bodies] == [
        ([{"id": 0, "scale": 1.0}], 0),
        (None, 1),
        (None, 1),
    ]
    assert server.bodies[-1]["grammar"] == 'root ::= "x"'


def test_yes_or_no_of_a_server_without_probabilities(serve: Callable[..., tuple[Server, Llm]]) -> None:
    _, llm = serve(lambda _: said("No."))
    assert llm.yes_or_no(ASKED).yes_log_odds == -3.0


def test_how_likely_a_reply_begins_with_a_word(serve: Callable[..., tuple[Server, Llm]]) -> None:
    _, llm = serve(lambda _: said("NONE", {"N": math.log(0.5), "none": math.log(0.2), "quatre": math.log(0.3)}))
    assert llm.begins_with(ASKED, "NONE").log_probability == pytest.approx(math.log(0.7))


@pytest.mark.parametrize(("reply", "likely"), [("NONE", True), ("four millions", False), ("", False)])
def test_a_server_without_probabilities_is_taken_at_its_word(
    reply: str, likely: bool, serve: Callable[..., tuple[Server, Llm]]
) -> None:
    _, llm = serve(lambda _: said(reply))
    found = llm.begins_with(ASKED, "NONE").log_probability
    assert found is not None and (found > math.log(0.5)) == likely


def test_a_server_that_refuses_our_options_is_asked_without_them(serve: Callable[..., tuple[Server, Llm]]) -> None:
    server, llm = serve(lambda body: refused(400) if {"grammar", "seed", "logprobs"} & set(body) else said("Yes"))
    assert llm.complete(ASKED, max_tokens=3, grammar='root ::= "x"').text == "Yes"
    assert llm.yes_or_no(ASKED).yes_log_odds == 3.0
    assert len(server.bodies) == 3  # and remembered: the second call was made once


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (400, r"status 400 \(not like this\)"),
        (401, "TEMOIN_LLM_API_KEY"),
        (404, "TEMOIN_LLM_MODEL"),
        (500, "status 500"),
        (503, "status 503"),
    ],
)
def test_a_refusal_is_one_line_with_a_remedy(status: int, told: str, serve: Callable[..., tuple[Server, Llm]]) -> None:
    _, llm = serve(lambda _: refused(status))
    with pytest.raises(ModelUnavailable, match=told) as caught:
        llm.complete(ASKED, max_tokens=3)
    assert "TEMOIN_LLM_URL" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_prompt_too_long_names_the_setting(serve: Callable[..., tuple[Server, Llm]]) -> None:
    _, llm = serve(lambda _: (400, {"error": {"message": "the request exceeds the available context size"}}))
    with pytest.raises(ModelUnavailable, match=r"too long .*TEMOIN_LLM_CONTEXT"):
        llm.complete(ASKED, max_tokens=3)


def test_a_slow_server_is_given_up(serve: Callable[..., tuple[Server, Llm]]) -> None:
    def slowly(_: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        time.sleep(1.5)
        return said("too late")

    _, llm = serve(slowly, llm_timeout=0.3)
    with pytest.raises(ModelUnavailable, match=r"within 0\.3 s; raise TEMOIN_LLM_TIMEOUT"):
        llm.complete(ASKED, max_tokens=3)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://no-such-host.invalid/v1", "not an address"])
def test_a_wrong_address_is_one_line(url: str) -> None:
    llm = open_llm(Settings(llm_url=url))
    with pytest.raises(ModelUnavailable, match=r"cannot be reached; .*TEMOIN_LLM_URL"):
        llm.complete(ASKED, max_tokens=3)


def test_a_closed_model_says_so(serve: Callable[..., tuple[Server, Llm]]) -> None:
    _, llm = serve(lambda _: said("It is open."))
    llm.complete(ASKED, max_tokens=3)
    llm.close()
    llm.close()
    with pytest.raises(ModelUnavailable, match="closed"):
        llm.complete(ASKED, max_tokens=3)


def test_several_threads_may_ask(serve: Callable[..., tuple[Server, Llm]]) -> None:
    server, llm = serve(lambda body: said(body["messages"][-1]["content"]))
    heard: list[str] = []

    def ask(number: int) -> None:
        heard.append(llm.complete((("user", str(number)),), max_tokens=3).text)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == [str(number) for number in range(8)]
    assert len(server.bodies) == 8


def test_the_fingerprint_is_the_address_and_the_name() -> None:
    def of(url: str, name: str) -> str:
        return open_llm(Settings(llm_url=url, llm_model=name)).fingerprint

    assert of("http://a/v1", "x") == of("http://a/v1", "x")
    assert len({of("http://a/v1", "x"), of("http://a/v1", "y"), of("http://b/v1", "x")}) == 3
