"""``python -m eval.retrieval_study [--public]``: ways to find evidence, compared; the tables of docs/retrieval.md.

Each way ranks all sentences for every question; shown are the mean reciprocal rank of the first sentence that
answers and how often one is among the first eight. ``--public`` adds the sets on matters that nothing here was
written for, and translation search on NTREX; some minutes. Only dev cases are asked.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from eval.study_material import Material, mistyped, of_affairs, of_cases, of_clapnq, of_ntrex
from rag.index.catalog import Catalog
from rag.index.exact import ExactVectors
from rag.index.lexical import LexicalIndex
from rag.models.embedder import SentenceEmbedder
from rag.models.questions import ADAPTER
from rag.models.wheels import embedder_folder
from rag.retrieval import evidence, fusion, question, selection
from rag.settings import load_settings
from rag.text.terms import stems
from rag.types import LANGUAGES

Scores = NDArray[np.float32]  # (questions, sentences)
ROOT = Path(__file__).resolve().parent.parent
GROUPS = ("same", "fr→en", "en→fr", "both")
_ALL = 10**6


class Study:
    """One material with its vectors; every method a row of the table."""

    def __init__(self, material: Material, embedder: SentenceEmbedder, folder: Path) -> None:
        self.material = material
        self._embedder = embedder
        self.languages = np.array([one.language for one in material.sentences])
        self.questions = embedder.encode_queries([asked.text for asked in material.asked])
        self.vectors = embedder.encode_passages([one.text for one in material.sentences])
        self.catalog = Catalog.open(folder)
        self._fill()
        self.lexical = LexicalIndex(self.catalog)
        self.retriever = evidence.Retriever(self.catalog, ExactVectors(self.catalog), self.lexical, self)  # type: ignore[arg-type]

    def encode_queries(self, texts: Sequence[str]) -> Scores:
        """The vectors of questions, worked out before unless a slip was mended."""
        known = {asked.text: row for asked, row in zip(self.material.asked, self.questions, strict=True)}
        return np.stack([known[text] if text in known else self._embedder.encode_queries([text])[0] for text in texts])

    def _fill(self) -> None:
        self.place: dict[int, int] = {}
        at = 0
        for document in self.material.documents:
            own = [one for one in self.material.sentences if one.document_id == document.source.id]
            ids = self.catalog.replace(document, tuple(own), self.vectors[at : at + len(own)])
            self.place.update({number: at + row for row, number in enumerate(ids)})
            at += len(own)

    def contextual(self, text: Callable[[int], str]) -> Scores:
        """Cosines with sentences embedded as ``text`` gives them."""
        return self.questions @ self._embedder.encode_passages([text(n) for n in range(len(self.vectors))]).T

    @contextmanager
    def with_language(self) -> Iterator[None]:
        """Vectors as the model gives them, language direction and all."""
        direction = self._embedder._direction
        self._embedder._direction = np.zeros_like(direction)
        yield
        self._embedder._direction = direction

    @contextmanager
    def as_it_came(self) -> Iterator[None]:
        """Questions read by the embedder without its adapter."""
        taught, self._embedder._asked = self._embedder._asked, self._embedder._model
        kept = self.questions
        self.questions = self._embedder.encode_queries([asked.text for asked in self.material.asked])
        yield
        self._embedder._asked, self.questions = taught, kept

    def words(self, *, glossary: bool) -> Scores:
        """BM25: of the words themselves within each language, or of the question's parts in both."""
        scores = np.zeros((len(self.material.asked), len(self.vectors)), np.float32)
        for row, asked in enumerate(self.material.asked):
            read = question.read(asked.text, asked.language)
            for language in LANGUAGES:
                terms = read.searches[language] if glossary else stems(asked.text, language)
                for number, score in self.lexical.search_stems(terms, language, _ALL):
                    scores[row, self.place[number]] = score
        return scores

    def shipped(self, *, limit: int = _ALL, tokens: int = _ALL, **constants: object) -> Scores:
        """The product's own ranking, with constants of its modules set otherwise: ``fusion_LEVEL=0``."""
        modules = {"fusion": fusion, "selection": selection, "question": question, "evidence": evidence}
        scores = np.full((len(self.material.asked), len(self.vectors)), -np.inf, np.float32)
        with ExitStack() as stack:
            for name, value in {"evidence_POOL": _ALL if limit == _ALL else evidence.POOL, **constants}.items():
                module, constant = name.split("_", 1)
                stack.enter_context(patch.object(modules[module], constant, value))
            if limit == _ALL:
                stack.enter_context(patch.object(evidence, "choose", lambda ranked, *_, **__: ranked))
            for row, asked in enumerate(self.material.asked):
                for rank, item in enumerate(self.retriever.retrieve(asked.text, asked.language, limit=limit, tokens=tokens)):
                    for one in (item.sentence, *item.also):
                        scores[row, self._place_of(one.document_id, one.position)] = -rank
        return scores

    def _place_of(self, document: str, position: int) -> int:
        if not hasattr(self, "_places"):
            self._places = {(s.document_id, s.position): n for n, s in enumerate(self.material.sentences)}
        return self._places[document, position]

    def by_paragraph(self, scores: Scores) -> Scores:
        """Each paragraph as good as its best sentence; its other sentences right after it."""
        keys = [(one.document_id, one.paragraph) for one in self.material.sentences]
        found = scores.copy()
        for key in set(keys):
            places = [n for n, each in enumerate(keys) if each == key]
            found[:, places] = scores[:, places].max(axis=1, keepdims=True) + 1e-6 * (
                scores[:, places] == scores[:, places].max(axis=1, keepdims=True)
            )
        return found

    def level(self, scores: Scores) -> Scores:
        """z-scores within each language, question by question."""
        found = scores.copy()
        for language in LANGUAGES:
            part = scores[:, self.languages == language]
            spread = np.maximum(part.std(axis=1, keepdims=True), 1e-9)
            found[:, self.languages == language] = (part - part.mean(axis=1, keepdims=True)) / spread
        return found


def rrf(*rankings: Scores) -> Scores:
    """Reciprocal rank fusion (Cormack et al. 2009, k = 60)."""
    return np.sum([1 / (61 + (-scores).argsort(axis=1).argsort(axis=1)) for scores in rankings], axis=0)


def row(name: str, study: Study, scores: Scores) -> str:
    """A line of the table: rank of the first gold sentence; sentences never scored come nowhere."""
    ranks: dict[str, list[float]] = {group: [] for group in GROUPS}
    for asked, line in zip(study.material.asked, scores, strict=True):
        order = (-line).argsort(kind="stable")
        order = order[np.isfinite(line[order])]
        places = {int(place): rank for rank, place in enumerate(order, start=1)}
        ranks[asked.group].append(min((places[g] for g in asked.gold if g in places), default=np.inf))
    cells = []
    for held in [*ranks.values(), [rank for each in ranks.values() for rank in each]]:
        if held:
            cells.append(f"{np.mean([rank <= 8 for rank in held]):.2f} {np.mean([1 / rank for rank in held]):.3f}")
        else:
            cells.append("")
    return f"| {name} | " + " | ".join(cells) + " |"


def simple(study: Study) -> Iterator[str]:
    """Vectors, words, and the usual ways to join them."""
    material = study.material
    dense = study.questions @ study.vectors.T
    titles = {d.source.id: d.source.title or "" for d in material.documents}

    def joined(*parts: str) -> str:
        return " ".join(part for part in parts if part)

    def titled(n: int) -> str:
        return joined(titles[material.sentences[n].document_id], material.sentences[n].text)

    def after(n: int) -> str:
        return joined(material.neighbour(n, -1), material.sentences[n].text)

    def between(n: int) -> str:
        return joined(after(n), material.neighbour(n, 1))

    with study.with_language():
        questions = study._embedder.encode_queries([asked.text for asked in material.asked])
        kept = questions @ study._embedder.encode_passages([one.text for one in material.sentences]).T
    own, carried = study.words(glossary=False), study.words(glossary=True)
    yield row("vectors, language direction kept", study, kept)
    yield row("vectors, direction removed", study, dense)
    yield row("… embedded with the title", study, study.contextual(titled))
    yield row("… embedded with the sentence before", study, study.contextual(after))
    yield row("… embedded with both neighbours", study, study.contextual(between))
    yield row("… mean of alone and with the sentence before", study, dense + study.contextual(after))
    yield row("… paragraph by its best sentence", study, study.by_paragraph(dense))
    yield row("words (BM25 a language)", study, own)
    yield row("words and what they are in the other language", study, carried)
    yield row("RRF of vectors and words", study, rrf(dense, own))
    yield row("RRF of vectors and carried words", study, rrf(dense, carried))
    yield row("z-scores a language, vectors + 0.5 words", study, study.level(dense) + 0.5 * study.level(own))
    yield row("z-scores a language, vectors + 0.5 carried words", study, study.level(dense) + 0.5 * study.level(carried))


def parts(study: Study) -> Iterator[str]:
    """The product's way, whole and with one thing taken out."""
    yield row("**the product's ranking**", study, study.shipped())
    with study.as_it_came():
        yield row("… questions read without the adapter", study, study.shipped())
    yield row("… without levelling the languages", study, study.shipped(fusion_LEVEL=0.0))
    yield row("… without the sentence before", study, study.shipped(fusion_BEFORE=0.0))
    yield row("… without title, author and date", study, study.shipped(fusion_CARD=0.0))
    yield row("… without synonyms", study, study.shipped(question_SYNONYM=0.0))
    yield row("… without looking for figures", study, study.shipped(fusion_FIGURE=0.0))
    yield row("… words weigh half", study, study.shipped(fusion_LEXICAL=fusion.LEXICAL / 2))
    yield row("… words weigh double", study, study.shipped(fusion_LEXICAL=fusion.LEXICAL * 2))
    yield row("**as shown: 8 sentences, 320 tokens**", study, study.shipped(limit=8, tokens=320))
    yield row("… and those shown next: 16, 640", study, study.shipped(limit=16, tokens=640))
    with study.as_it_came():
        yield row("… shown first, without the adapter", study, study.shipped(limit=8, tokens=320))
        yield row("… and next, without the adapter", study, study.shipped(limit=16, tokens=640))


def slips(study: Study) -> Iterator[str]:
    """The product's way where every question is misspelt."""
    yield row("**the product's ranking**", study, study.shipped())
    yield row("**as shown: 8 sentences, 320 tokens**", study, study.shipped(limit=8, tokens=320))
    with patch.object(evidence, "as_meant", lambda asked, _: asked.text):
        yield row("… slips left in what is embedded", study, study.shipped())
        yield row("… shown, slips left", study, study.shipped(limit=8, tokens=320))


def compare(material: Material, embedder: SentenceEmbedder, methods: Sequence[Callable[[Study], Iterator[str]]]) -> None:
    """Print the table of one material."""
    counts = {group: sum(asked.group == group for asked in material.asked) for group in GROUPS}
    print(f"\n{material.name}: {len(material.asked)} questions, {len(material.sentences)} sentences. Each cell: @8 MRR\n")
    print("| way | " + " | ".join(f"{group} ({count})" for group, count in counts.items()) + " | all |")
    print("|---|" + "---|" * (len(GROUPS) + 1))
    with TemporaryDirectory() as folder:
        study = Study(material, embedder, Path(folder))
        for method in methods:
            for line in method(study):
                print(line, flush=True)
        study.catalog.close()


def translations(study: Study) -> Iterator[str]:
    """Translation search: the sentence itself, which is also there, does not count."""
    dense = study.questions @ study.vectors.T
    asked_in = np.array([asked.language for asked in study.material.asked])
    yield first("vectors, among the other language", study, np.where(asked_in[:, None] == study.languages[None], -np.inf, dense))
    itself = np.array([[one.text == asked.text for one in study.material.sentences] for asked in study.material.asked])
    yield first("vectors, among both languages", study, np.where(itself, -np.inf, dense))
    yield first("the product's ranking, among both", study, np.where(itself, -np.inf, study.shipped()))


def first(name: str, study: Study, scores: Scores) -> str:
    """How often the first is gold, by direction."""
    shares = []
    for group in ("en→fr", "fr→en"):
        chosen = [n for n, asked in enumerate(study.material.asked) if asked.group == group]
        shares.append(np.mean([int(scores[n].argmax()) in study.material.asked[n].gold for n in chosen]))
    return f"{name}: English to French {shares[0]:.3f}, French to English {shares[1]:.3f}"


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--public", action="store_true", help="also the public sets")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="where they lie")
    options = parser.parse_args()
    settings = load_settings(corpus=ROOT / "corpus")
    embedder = SentenceEmbedder(embedder_folder(settings), dtype=settings.embedder_dtype, adapter=ADAPTER)
    compare(of_cases(settings.corpus), embedder, [simple, parts])
    compare(of_affairs(), embedder, [simple, parts])
    for material in (of_cases(settings.corpus), of_affairs()):
        compare(mistyped(material), embedder, [slips])
    if options.public:
        compare(of_clapnq(options.data), embedder, [parts])
        with TemporaryDirectory() as folder:
            print("\nNTREX, the translation first:\n")
            study = Study(of_ntrex(options.data), embedder, Path(folder))
            for line in translations(study):
                print(line, flush=True)
            study.catalog.close()


if __name__ == "__main__":
    main()
