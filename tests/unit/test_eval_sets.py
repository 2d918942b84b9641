"""Retrieval ranks and the public sets, by hand."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace

import numpy as np
import pytest
from eval_world import LANGUAGE, TEXTS, case, cite, gold

from eval.public import Item, load, measure, write_corpus
from eval.retrieval import measure as measure_retrieval
from eval.retrieval import ntrex, placed
from rag.errors import RagError
from rag.types import Answer, Citation, Evidence, Sentence, Source

LONG, COST = "Il mesure 340 mètres.", "Selon le maire, il a coûté 12 millions d'euros."


def evidence(document, quote):
    found = gold(document, quote)
    sentence = Sentence(document, 0, 0, found.start, found.end, quote, LANGUAGE[document])
    return Evidence(sentence, Source(document, document, LANGUAGE[document]), 0, 0, 0, 0)


def test_the_rank_is_that_of_the_first_gold_sentence():
    shown = [evidence("bridge", "The mayor has not replied to our questions."), evidence("pont", LONG)]
    assert placed(case(), shown).rank == 2
    assert placed(case(), shown[:1]).rank is None


def test_every_part_must_be_shown_where_the_case_wants_them_all():
    both = replace(case(), gold=(gold("pont", LONG), gold("pont", COST, part=2)), gold_all=True)
    assert not placed(both, [evidence("pont", LONG)]).parts
    assert placed(both, [evidence("pont", LONG), evidence("pont", COST)]).parts


def test_figures_by_direction():
    near = placed(case(), [evidence("pont", LONG)])
    far = placed(replace(case(), pair="en→fr"), [evidence("pont", COST), evidence("pont", LONG)])
    lost = placed(replace(case(), pair="en→fr"), [evidence("pont", COST)])
    table = measure_retrieval([near, far, lost])
    assert table["shown"].mean == pytest.approx(2 / 3)
    assert table["mrr"].mean == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert table["shown_same"].mean == 1 and table["shown_en_fr"].mean == 0.5
    assert table["first_1"].mean == pytest.approx(1 / 3)
    assert "shown_fr_en" not in table and "all_parts" not in table


class Embedder:
    """One axis for each sentence; the third translation lies where the first does."""

    def encode_queries(self, texts):
        return np.eye(3, dtype=np.float32)[: len(texts)]

    def encode_passages(self, texts):
        return np.array([[1, 0, 0], [0, 1, 0], [0.9, 0, 0.1]], dtype=np.float32)


def test_translations_found_first(tmp_path):
    file = tmp_path / "ntrex.jsonl"
    file.write_text("\n".join(json.dumps({"en": f"e{n}", "fr": f"f{n}"}) for n in range(3)))
    assert ntrex(file, Embedder())["ntrex_en_fr"].mean == 1
    assert ntrex(tmp_path / "none", Embedder()) == {}


def item(id, language="fr", answerable=True, gold=()):
    return Item(id, language, "?", (('Pont "de" Valmont', TEXTS["pont"]),), answerable, gold)


def given(status, *citations):
    return Answer("?", "fr", status, "…", citations=citations)


def test_hallucination_refusal_and_gold():
    items = [item("a", gold=(LONG,)), item("b"), item("c", answerable=False), item("d", answerable=False)]
    cited = cite(1, "pont", LONG)
    answers = {
        "a": given("answered", Citation(1, "p1", None, None, "fr", cited.start, cited.end, LONG)),
        "b": given("not_found"),
        "c": given("answered"),
        "d": given("declined"),
    }
    table = measure(items, answers)["fr"]
    assert {name: (e.mean, e.n) for name, e in table.items()} == {
        "hallucination": (0.5, 2),
        "refusal": (0.5, 2),
        "gold_cited": (1.0, 1),
    }


def test_passages_become_a_corpus_with_their_titles(tmp_path):
    write_corpus(item("a"), tmp_path)
    cards = tomllib.loads((tmp_path / "sources.toml").read_text(encoding="utf-8"))["document"]
    assert cards == [{"file": "p1.txt", "id": "p1", "title": 'Pont "de" Valmont'}]
    assert (tmp_path / "p1.txt").read_text(encoding="utf-8") == TEXTS["pont"] + "\n"


def test_a_public_file_is_read_and_a_wrong_one_refused(tmp_path):
    file = tmp_path / "set.jsonl"
    data = {"id": "1", "lang": "fr", "question": "?", "answerable": True, "context": "[1] A: un: deux\n\n[2] B: trois"}
    file.write_text(json.dumps(data))
    assert load(file)[0].passages == (("A", "un: deux"), ("B", "trois"))
    file.write_text(json.dumps({**data, "context": "Titre: un [2] deux", "gold_sentences": ["un"]}))
    assert load(file)[0].passages == (("Titre", "un [2] deux"),)
    file.write_text("{}")
    with pytest.raises(RagError, match="--data"):
        load(file)
