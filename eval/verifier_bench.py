"""Measure the verifier: what it accepts of unchanged statements, what it rejects of changed ones, disagreements.

    python -m eval.verifier_bench ../shared/data [--cache vectors.pkl] [--ramdocs 40]

Sets of :mod:`eval.verifier_data` are measured on the half that fitted nothing. ``pairs`` are our own translations and
shorter wordings of sentences of the corpus, ``verbatim`` its sentences as they stand; both also with one fact changed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from eval.perturb import KINDS, name_pool, perturb
from eval.verifier_data import Remembering, evidence_of, items, rows
from rag.ingestion.cards import load_cards
from rag.ingestion.readers import read
from rag.ingestion.sentences import split
from rag.models.embedder import open_embedder
from rag.settings import load_settings
from rag.types import LANGUAGES, Evidence, Language, Sentence
from rag.verification.disagreement import Pair, find_disagreements, judge
from rag.verification.verifier import Verifier

ROOT = Path(__file__).parents[1]
PAIRS = ROOT / "eval" / "verifier" / "pairs.jsonl"
_SEEDS = 3  # changes of each kind tried on a sentence


@dataclass
class Count:
    """How many statements of one kind were accepted, of how many."""

    accepted: int = 0
    total: int = 0

    def add(self, accepted: bool) -> None:
        """Count one verdict."""
        self.accepted += accepted
        self.total += 1

    @property
    def share(self) -> float:
        """The share accepted."""
        return self.accepted / self.total if self.total else float("nan")


@dataclass
class Table:
    """Counts by set and kind, and the milliseconds each check took."""

    counts: dict[tuple[str, str], Count] = field(default_factory=lambda: defaultdict(Count))
    milliseconds: list[float] = field(default_factory=list)

    def check(self, verifier: Verifier, name: str, kind: str, said: tuple[str, Language], evidence: Sequence[Evidence]) -> None:
        """Check one statement and count the verdict."""
        started = time.perf_counter()
        accepted = verifier.check(*said, evidence, "").accepted
        self.milliseconds.append((time.perf_counter() - started) * 1000)
        self.counts[name, kind].add(accepted)

    def total(self, names: Sequence[str], kinds: Sequence[str]) -> Count:
        """The counts of several sets and kinds together."""
        chosen = [count for (name, kind), count in self.counts.items() if name in names and kind in kinds]
        return Count(sum(count.accepted for count in chosen), sum(count.total for count in chosen))


def corpus_evidence() -> dict[str, list[Evidence]]:
    """The sentences of the corpus as evidence, by document, with their neighbours."""
    root = ROOT / "corpus"
    cards = load_cards(root)
    found: dict[str, list[Evidence]] = {}
    for path in sorted(root.glob("*.txt")):
        document = read(path, root, cards)
        told = split(document)
        for place, sentence in enumerate(told):
            near = [told[i].text if 0 <= i < len(told) else "" for i in (place - 1, place + 1)]
            item = Evidence(sentence, document.source, 0.9, 0.5, 0.7, 1.0, near[0], near[1])
            found.setdefault(document.source.id, []).append(item)
    return found


def corpus_statements(known: dict[str, list[Evidence]]) -> Iterator[tuple[str, str, str, Language, Evidence]]:
    """(set, id, statement, language, evidence) of ``pairs`` and ``verbatim``."""
    for line in PAIRS.read_text("utf-8").splitlines():
        row = json.loads(line)
        start = row["start"]
        cited = next(e for e in known[row["document"]] if e.sentence.start <= start < e.sentence.end)
        yield "pairs", row["id"], row["statement"], row["language"], cited
    for evidence in known.values():
        for item in evidence:
            if item.sentence.searchable:
                place = f"{item.sentence.document_id}-{item.sentence.position}"
                yield "verbatim", place, item.sentence.text, item.sentence.language, item


def measure_corpus(verifier: Verifier, table: Table) -> None:
    """``pairs`` and ``verbatim``, as they are and with one fact changed."""
    known = corpus_evidence()
    texts = {language: [e.sentence.text for items in known.values() for e in items if e.sentence.language == language]
             for language in LANGUAGES}  # fmt: skip
    pools = {language: name_pool(texts[language]) for language in LANGUAGES}
    for name, place, text, language, cited in corpus_statements(known):
        table.check(verifier, name, "true", (text, language), [cited])
        for kind in KINDS:
            changed = (perturb(text, language, kind, random.Random(f"{place} {seed}"), pools[language]) for seed in range(_SEEDS))
            for other in sorted({change.text for change in changed if change is not None}):
                table.check(verifier, name, kind, (other, language), [cited])


def measure_sets(verifier: Verifier, table: Table, folder: Path) -> None:
    """The public sets, on the half that fitted nothing."""
    for item in items(folder):
        if not item.fits:
            name = item.set
            table.check(verifier, name, item.kind, (item.statement, item.language), item.as_evidence())


def measure_daccord(embedder: Remembering, folder: Path) -> str:
    """Sentence pairs of French news: contradicted ones found, compatible ones left alone."""
    found = {"contradicted": Count(), "compatible": Count()}
    for row in rows(folder, "daccord_fr"):
        a, b = (evidence_of(row[key].strip(), "fr").sentence for key in ("source", "claim"))
        vectors = embedder.encode_passages([a.text, b.text])
        other = Sentence("other", 0, 0, 0, len(b.text), b.text, "fr")
        found[row["label"]].add(judge(a, other, float(vectors[0] @ vectors[1])) is not None)
    right, wrong = found["contradicted"], found["compatible"]
    return (
        f"daccord_fr: found {right.accepted} of {right.total} contradictions, {wrong.accepted} of {wrong.total} compatible pairs"
    )


def measure_ramdocs(embedder: Remembering, folder: Path, limit: int) -> str:
    """Documents that conflict about a question: is the conflict found, and is what is found that conflict?"""
    conflicts, pairs, on_answer = Count(), 0, 0
    for row in [row for row in rows(folder, "ramdocs_en") if row["wrong_answers"]][:limit]:
        documents = re.split(r"\n*\[\d+\] ", row["context"])[1:]
        told = [
            Sentence(str(number), 0, 0, 0, len(text), text, "en")
            for number, document in enumerate(documents)
            for text in re.split(r"(?<=[.!?])\s+(?=[A-Z])", document)
            if len(text) > 25
        ]
        found = find_disagreements(told, embedder.encode_passages([sentence.text for sentence in told]))
        good = [pair for pair in found if _conflict(told, pair, row["answers"], row["wrong_answers"])]
        conflicts.add(bool(good))
        pairs, on_answer = pairs + len(found), on_answer + len(good)
    found_in = f"{conflicts.accepted} of {conflicts.total} questions"
    return f"ramdocs_en: conflict found in {found_in}; {on_answer} of {pairs} pairs are about it"


def _conflict(told: Sequence[Sentence], pair: Pair, right: Sequence[str], wrong: Sequence[str]) -> bool:
    texts = [told[pair.a].text.lower(), told[pair.b].text.lower()]
    return any(
        any(answer.lower() in one for answer in right) and any(answer.lower() in other for answer in wrong)
        for one, other in (texts, texts[::-1])
    )


def report(table: Table) -> str:
    """The table and the goals, as Markdown."""
    lines = ["| set | unchanged accepted | " + " | ".join(f"{kind} rejected" for kind in KINDS) + " |", "|---" * 6 + "|"]
    for name in ("pairs", "verbatim", "across", "same"):
        cells = [
            f"{table.counts[name, 'true'].share:.3f} ({table.counts[name, 'true'].total})"
            if table.counts[name, "true"].total
            else "–"
        ]
        cells += [f"{1 - table.counts[name, kind].share:.3f} ({table.counts[name, kind].total})" for kind in KINDS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    everything = ("pairs", "verbatim", "across", "same")
    kept, let = table.total(everything, ["true"]), table.total(everything, KINDS)
    lines += [
        "",
        f"all unchanged accepted {kept.share:.3f} ({kept.total}), all changed rejected {1 - let.share:.3f} ({let.total})",
    ]
    for name, good, bad in (
        ("across", ["true"], KINDS),
        ("rte3", ["supported"], ("unsupported", "contradicted")),
        ("clapnq", ["gold"], ("rest",)),
    ):
        accepted, passed = table.total([name], good), table.total([name], bad)
        balanced = (accepted.share + 1 - passed.share) / 2
        lines.append(f"{name}: balanced accuracy {balanced:.3f} ({accepted.total} + {passed.total})")
    took = np.array(table.milliseconds)
    lines.append(
        f"milliseconds a check, vectors remembered: median {np.median(took):.1f}, 95th percentile {np.percentile(took, 95):.1f}"
    )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of the public sets")
    parser.add_argument("--cache", type=Path, help="file that keeps the vectors between runs")
    parser.add_argument("--ramdocs", type=int, default=40, help="questions of ramdocs_en to read; 0: none")
    given = parser.parse_args()
    embedder = Remembering(open_embedder(load_settings()), given.cache)
    verifier, table = Verifier(embedder), Table()
    measure_corpus(verifier, table)
    embedder.save()
    measure_sets(verifier, table, given.data)
    embedder.save()
    print(report(table), flush=True)
    print(measure_daccord(embedder, given.data), flush=True)
    if given.ramdocs:
        print(measure_ramdocs(embedder, given.data, given.ramdocs))
    embedder.save()


if __name__ == "__main__":
    main()
