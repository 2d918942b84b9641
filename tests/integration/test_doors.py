"""The doors for programs, as programs use them: HTTP, an OpenAI client, an MCP client, log-in, limits, figures."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from rag.ui.desk import Desk
from rag.ui.gate import Gate
from rag.ui.server import Access
from rag.ui.users import Users, add_user
from tests.serving import served
from tests.town import COST_FR, STONE, FakeAssistant


@pytest.fixture(scope="module")
def open_town() -> Iterator[str]:
    assistant = FakeAssistant(pause=0)
    with served(assistant, Desk(assistant, assistant.library)) as url:
        yield url


@pytest.fixture(scope="module")
def guarded_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """With users, a key, a small rate, and uploads off."""
    path = tmp_path_factory.mktemp("users") / "users"
    add_user(path, "ada", "a long password")
    assistant = FakeAssistant(pause=0)
    access = Access(Users(path), "secret-key", upload_mb=1, uploads=False)
    desk = Desk(assistant, assistant.library, gate=Gate("100/second"), users=True, changeable=False)
    with served(assistant, desk, access, rate="3/minute") as url:
        yield url


def test_ask_answers_with_the_contract(open_town: str) -> None:
    answer = httpx.post(f"{open_town}/v1/ask", json={"id": "q1", "question": "What did it cost?"}).json()
    assert (answer["id"], answer["status"], answer["language"]) == ("q1", "answered", "en")
    assert answer["citations"][0]["quote"] == COST_FR.quote
    text = httpx.get(f"{open_town}/v1/documents/{answer['citations'][0]['document']}").text
    assert text[answer["citations"][0]["start"] : answer["citations"][0]["end"]] == COST_FR.quote


def test_ask_streams_events_in_their_order(open_town: str) -> None:
    names, last = [], ""
    body = {"question": "What did it cost?", "history": [{"role": "user", "content": "Hello"}]}
    with httpx.stream("POST", f"{open_town}/v1/ask", json=body, headers={"accept": "text/event-stream"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        for line in response.iter_lines():
            if line.startswith("event: "):
                names.append(line.removeprefix("event: "))
            if line.startswith("data: "):
                last = line.removeprefix("data: ")
    assert names == ["first_look", "reading", "statement", "reading", "statement", "answer"]
    assert json.loads(last)["status"] == "answered"


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"question": "  "}, 400, "the question is empty; write one"),
        ({"question": "fail"}, 400, "the question cannot be taken; ask another"),
        ({}, 422, "question"),
        ({"question": "x", "history": [{"role": "tool", "content": ""}]}, 422, "role"),
    ],
)
def test_bad_questions_say_what_to_do(open_town: str, body: dict[str, object], status: int, says: str) -> None:
    response = httpx.post(f"{open_town}/v1/ask", json=body)
    assert response.status_code == status
    assert says in response.text
    assert "Traceback" not in response.text


def test_too_large_and_unknown_are_refused(open_town: str) -> None:
    assert httpx.post(f"{open_town}/v1/ask", content=b"x" * 4_000_000).status_code == 413
    assert httpx.get(f"{open_town}/v1/documents/none").status_code == 404
    assert (
        httpx.post(f"{open_town}/v1/ask", content='{"question": "x"}', headers={"content-type": "text/plain"}).status_code == 422
    )


def test_search_finds_sentences(open_town: str) -> None:
    hits = httpx.get(f"{open_town}/v1/search", params={"q": "stone", "limit": 5}).json()
    assert hits[0]["quote"] == STONE.quote
    assert [card["id"] for card in httpx.get(f"{open_town}/v1/documents").json()] == ["gazette", "herald", "notes"]


def test_a_request_for_another_host_does_not_reach_an_open_local_page(open_town: str) -> None:
    response = httpx.get(f"{open_town}/v1/documents", headers={"host": "evil.example"})
    assert response.status_code == 421
    assert httpx.get(f"{open_town}/", headers={"host": "localhost:1"}).status_code == 200


def test_an_openai_client_can_use_it_as_a_model(open_town: str) -> None:
    from openai import OpenAI

    with OpenAI(base_url=f"{open_town}/v1", api_key="none") as client:
        assert [model.id for model in client.models.list()] == ["temoin"]
        messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What did it cost?"}]
        whole = client.chat.completions.create(model="temoin", messages=messages)  # type: ignore[call-overload]
        text = whole.choices[0].message.content
        annotation = whole.choices[0].message.annotations[0].url_citation
        assert text[annotation.start_index : annotation.end_index] == "[1]"
        assert annotation.url.endswith(f"/v1/documents/gazette#char={COST_FR.start},{COST_FR.end}")
        stream = client.chat.completions.create(model="temoin", messages=messages, stream=True)  # type: ignore[call-overload]
        pieces = [chunk.choices[0].delta.content or "" for chunk in stream]
        assert len([piece for piece in pieces if piece]) >= 2
        assert "".join(pieces).split() == text.split()


def test_a_conversation_must_end_with_the_user(open_town: str) -> None:
    body = {"messages": [{"role": "assistant", "content": "Hello"}]}
    response = httpx.post(f"{open_town}/v1/chat/completions", json=body)
    assert response.status_code == 400
    assert "the last message must be the user's question" in response.json()["error"]


def in_a_thread(use: Callable[[], Coroutine[None, None, None]]) -> None:
    """The browser tests may have left an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(use())).result()


def test_an_mcp_client_asks_searches_and_reads(open_town: str) -> None:
    from mcp import Client

    async def use() -> None:
        async with Client(f"{open_town}/mcp") as client:
            tools = (await client.list_tools()).tools
            assert {tool.name for tool in tools} == {"ask", "search", "document"}
            answer = await client.call_tool("ask", {"question": "What did it cost?"})
            assert json.loads(answer.content[0].text)["citations"][0]["quote"] == COST_FR.quote
            found = await client.call_tool("search", {"text": "stone"})
            assert STONE.quote in found.content[0].text
            read = await client.call_tool("document", {"id": "herald"})
            assert STONE.quote in json.loads(read.content[0].text)["text"]
            missing = await client.call_tool("document", {"id": "none"})
            assert missing.is_error
            assert "no document 'none'" in missing.content[0].text

    in_a_thread(use)


def test_an_mcp_client_counts_as_its_address() -> None:
    from mcp import Client

    assistant = FakeAssistant(pause=0)

    async def use(url: str) -> None:
        async with Client(f"{url}/mcp") as client:
            refused = await client.call_tool("ask", {"question": "What did it cost?"})
            assert refused.is_error
            assert "too many questions in a short time" in refused.content[0].text

    with served(assistant, Desk(assistant, assistant.library), rate="1/minute") as url:
        assert httpx.post(f"{url}/v1/ask", json={"question": "What did it cost?"}).status_code == 200
        in_a_thread(lambda: use(url))


def test_nothing_else_is_public(open_town: str) -> None:
    """Every Gradio listener is private: its API describes no endpoint."""
    described = httpx.get(f"{open_town}/gradio_api/info").json()
    assert described == {"named_endpoints": {}, "unnamed_endpoints": {}}
    assert set(httpx.get(f"{open_town}/openapi.json").json()["paths"]) == {
        "/v1/ask", "/v1/search", "/v1/documents", "/v1/documents/{document_id}", "/v1/models", "/v1/chat/completions",
    }  # fmt: skip


def test_the_reference_page_needs_nothing_from_elsewhere(open_town: str) -> None:
    page = httpx.get(f"{open_town}/v1")
    assert "POST /v1/ask" in page.text
    assert "https://" not in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]


def test_figures_count_answers(open_town: str) -> None:
    httpx.post(f"{open_town}/v1/ask", json={"question": "Is there a swimming pool?"})
    figures = httpx.get(f"{open_town}/metrics").text
    assert 'temoin_answers_total{language="en",status="not_found"}' in figures
    assert "temoin_answer_seconds_bucket" in figures
    assert "temoin_asking 0.0" in figures


def test_health_is_open_and_the_rest_is_not(guarded_town: str) -> None:
    assert httpx.get(f"{guarded_town}/healthz").json()["live"] is True
    page = httpx.get(f"{guarded_town}/", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/login")
    for path in ("/config", "/gradio_api/queue/data", "/gradio_api/info", "/v1/documents", "/metrics", "/openapi.json"):
        assert httpx.get(f"{guarded_town}{path}").status_code == 401, path
    for path in ("/gradio_api/upload", "/gradio_api/queue/join", "/gradio_api/run/x", "/mcp", "/v1/ask"):
        assert httpx.post(f"{guarded_town}{path}").status_code in (401, 403), path


def test_health_is_503_while_the_model_loads_and_once_it_has_gone() -> None:
    assistant, state = FakeAssistant(pause=0), ["loading"]
    health = lambda: {"ready": state[0] == "ready", "model": state[0]}  # noqa: E731
    with served(assistant, Desk(assistant, assistant.library), health=health) as url:
        for told, status in (("loading", 503), ("ready", 200), ("unavailable", 503)):
            state[0] = told
            response = httpx.get(f"{url}/healthz")
            assert (response.status_code, response.json()["model"]) == (status, told)


def test_logging_in_opens_the_page_and_logging_out_closes_it(guarded_town: str) -> None:
    with httpx.Client(base_url=guarded_town) as client:
        form = client.get("/login", headers={"accept-language": "fr-FR"})
        assert "Mot de passe" in form.text
        wrong = client.post("/login", data={"name": "ada", "password": "wrong"})
        assert wrong.status_code == 401
        right = client.post("/login", data={"name": "ada", "password": "a long password"})
        assert (right.status_code, right.headers["location"]) == (303, "/")
        assert "HttpOnly" in right.headers["set-cookie"]
        assert "samesite=strict" in right.headers["set-cookie"].lower()
        assert client.get("/", headers={"accept": "text/html"}).status_code == 200
        assert client.get("/config").status_code == 200
        assert client.post("/gradio_api/upload", files={"files": b"x"}).status_code == 403
        client.get("/logout")
        assert client.get("/config").status_code == 401


def test_log_ins_are_throttled(guarded_town: str) -> None:
    codes = [httpx.post(f"{guarded_town}/login", data={"name": "eve", "password": str(n)}).status_code for n in range(7)]
    assert codes == [401] * 5 + [429] * 2


def test_the_key_opens_the_api_and_the_rate_limits_it(guarded_town: str) -> None:
    key = {"authorization": "Bearer secret-key"}
    ask = {"question": "What did it cost?"}
    assert httpx.post(f"{guarded_town}/v1/ask", json=ask, headers={"authorization": "Bearer other"}).status_code == 401
    codes = [httpx.post(f"{guarded_town}/v1/ask", json=ask, headers=key).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    late = httpx.post(f"{guarded_town}/v1/ask", json=ask, headers=key)
    assert 0 < int(late.headers["retry-after"]) <= 60
    assert "try again in" in late.json()["error"]


def test_users_are_kept_hashed_and_bad_files_are_named(tmp_path: Path) -> None:
    from rag.errors import SettingsError

    path = tmp_path / "users"
    add_user(path, "ada", "a long password")
    add_user(path, "bob", "another password")
    assert "password" not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0
    assert Users(path).log_in("bob", "another password", "local")
    for name, password in (("a:b", "long enough"), ("", "long enough"), ("carl", "short")):
        with pytest.raises(SettingsError):
            add_user(path, name, password)
    path.write_text("ada:plain\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="line 1: not name:hash"):
        Users(path)
    with pytest.raises(SettingsError, match=r"'often' is no rate; write e\.g\. 30/minute"):
        Gate("often")
