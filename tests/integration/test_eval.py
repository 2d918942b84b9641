"""The evaluation on the real cases, embedder, library and verifier: bad systems look bad, the judge can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.baselines.blind import Blind
from eval.baselines.citation_query_engine import CitationEngine
from eval.baselines.liar import lie
from eval.baselines.passage import Passage
from eval.cache import Cache
from eval.cases import load
from eval.corpus import documents
from eval.figures import measure
from eval.metrics import citations_valid
from eval.runner import run
from eval.statements import judged
from eval.systems import Lazy
from eval.workshop import Workshop
from rag.models.llm import Completion
from rag.settings import load_settings
from rag.types import Answer, Citation, Statement
from tests.chroma import Server

pytestmark = pytest.mark.models

ROOT = Path(__file__).parents[2]
CASES = load(ROOT / "eval" / "cases", "dev")
DOCUMENTS = documents(ROOT / "corpus")
TEXTS = {id: document.text for id, document in DOCUMENTS.items()}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with Workshop(load_settings(corpus=ROOT / "corpus"), tmp_path_factory.mktemp("eval")) as opened:
        yield opened


@pytest.fixture(scope="module")
def searching(chroma: Server | None, shop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """For what searches: with its vectors in each place. The rest asks nothing of a store, so its place is the folder."""
    if chroma is None:
        yield shop
        return
    settings = load_settings(corpus=ROOT / "corpus", chroma_url=chroma.url)
    with Workshop(settings, tmp_path_factory.mktemp("eval-server")) as opened:
        yield opened


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(tmp_path_factory.mktemp("cache"))


class Oracle:
    """Quotes the first gold sentence of the case; stays silent where there is none."""

    def answer(self, question, history=()):
        case = next(one for one in CASES if one.question == question)
        if case.expect != "answered":
            return Answer(question, case.language, case.expect, "Les documents ne le disent pas.")
        gold, source = case.gold[0], DOCUMENTS[case.gold[0].document].source
        cited = Citation(1, source.id, source.title, source.date, source.language, gold.start, gold.end, gold.quote)
        said = Statement(gold.quote, (1,), 1.0, verbatim=True, origin="quoted", language=source.language)
        return Answer(question, case.language, "answered", f"{gold.quote} [1]", (said,), (cited,))


class Liar(Oracle):
    def answer(self, question, history=()):
        return lie(super().answer(question, history))


def figures(name, system, shop, cache):
    rows = run(CASES, Lazy(name, name, lambda: system), cache, shop.judge(DOCUMENTS, cache), TEXTS)
    return {figure: estimate.mean for figure, estimate in measure(rows).items()}


@pytest.fixture(scope="module")
def oracle(shop, cache):
    return figures("oracle", Oracle(), shop, cache)


def test_quoting_the_gold_is_grounded_and_exact(oracle):
    for figure in ("grounded", "citation_recall", "citation_precision", "citations_valid", "figures_intact"):
        assert oracle[figure] == 1, figure
    assert oracle["gold_cited"] > 0.8  # all but those that need several sentences
    assert oracle["abstention_recall"] == 1 and oracle["wrongly_refused"] == 0


def test_one_changed_number_in_each_answer_is_caught(oracle, shop, cache):
    liar = figures("liar", Liar(), shop, cache)
    assert liar["figures_intact"] < 0.35 < oracle["figures_intact"]
    assert liar["grounded"] < oracle["grounded"] - 0.2
    assert liar["correct"] < oracle["correct"]
    assert liar["citations_valid"] == 1  # the citations themselves are still exact: that is why it is dangerous


def test_blindness_is_no_virtue(shop, cache):
    blind = figures("blind", Blind(), shop, cache)
    assert blind["abstention_recall"] > 0.9 and blind["language"] == 1
    assert blind["correct"] == 0 and blind["wrongly_refused"] == 1 and blind["abstention_precision"] < 0.3


def test_pasting_the_top_passage_never_abstains_and_leaves_the_reader_to_translate(shop, cache, searching, chroma):
    place = "server" if chroma else "folder"  # answers are cached by the name of the system
    passage = figures(f"passage-{place}", Passage(searching.library()), shop, cache)
    assert passage["abstention_recall"] < 0.2
    assert passage["citations_valid"] == 1
    assert passage["language_all"] < 0.8
    assert passage["disagreement_shown"] == 0
    assert passage["risk"] > 0.25


def test_the_judge_agrees_with_the_hand(shop, cache):
    found = judged(ROOT / "eval" / "cases" / "statements.jsonl", shop.judge(DOCUMENTS, cache))
    assert found.accuracy.n >= 120
    assert found.accuracy.mean >= 0.75
    assert found.kappa.mean >= 0.5


class Model:
    """A language model that always writes the same."""

    fingerprint = "scripted"

    def complete(self, messages, *, max_tokens, grammar=None, stop=()):
        self.prompt = messages[-1][1]
        return Completion("It has two sources [1][2].", 100, 0, 8, 1.0, 1.0)

    def close(self):
        pass


def test_the_rival_gets_our_parts_and_its_sources_are_found_again(shop):
    model = Model()
    answer = CitationEngine(shop.library(), model).answer("Who sued Meta in New Mexico?")
    assert "Source 1:" in model.prompt and "Who sued Meta in New Mexico?" in model.prompt
    assert [citation.n for citation in answer.citations] == [1, 2]
    share = citations_valid(answer, TEXTS)
    assert share.hits == share.of
    assert answer.timings.prompt_tokens == 100 and answer.timings.total_ms > 0
