"""Write ``rag/text/learnt.tsv``: what words of the press are in the other language, learnt from translated sentences.

    python -m eval.fit_glossary

From ``translations.jsonl`` of the invented affairs that nothing is measured on. Which word answers which is estimated in both
directions (IBM model 1: Brown et al. 1993, "The mathematics of statistical machine translation"), and kept where both agree.
Half a minute.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from eval.belief_data import ADAPTER_AFFAIRS, CALIBRATION  # noqa: E402
from rag.text.glossary import OTHER  # noqa: E402
from rag.text.names import names  # noqa: E402
from rag.text.terms import STOP_WORDS, fold, stems  # noqa: E402
from rag.types import Language  # noqa: E402

TARGET = ROOT / "rag" / "text" / "learnt.tsv"
ROUNDS = 8
AGREED = 0.1  #: least product of the two probabilities
SEEN = 3.0  #: least expected number of sentences where one answers the other
AFFAIRS = 3  #: least number of affairs that have both words
_WORD = re.compile(r"[^\W\d_]+")
Probabilities = Mapping[tuple[str | None, str], float]


@dataclass
class Sentences:
    """Pairs of sentences as stems; ``forms``: how a stem was written; ``where``: in which affairs."""

    pairs: list[dict[Language, list[str]]] = field(default_factory=list)
    forms: dict[tuple[Language, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    where: dict[tuple[Language, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, affair: str, texts: Mapping[Language, str]) -> None:
        """One sentence and its translation."""
        pair: dict[Language, list[str]] = {}
        for language, text in texts.items():
            told = list(_words(text, language))
            for word, stem in told:
                self.forms[language, stem][word] += 1
                self.where[language, stem].add(affair)
            pair[language] = list(dict.fromkeys(stem for _, stem in told))
        self.pairs.append(pair)

    def word(self, stem: str, language: Language) -> str:
        """How a stem is mostly written."""
        return self.forms[language, stem].most_common(1)[0][0]


def main() -> int:
    """Read, estimate, write."""
    sentences = Sentences()
    for affair in (name for affairs in ADAPTER_AFFAIRS for name in affairs):
        for source, translation, language in written(affair):
            sentences.add(affair, {OTHER[language]: source, language: translation})
    found: dict[str, list[str]] = defaultdict(list)
    for french, english in learnt(sentences):
        found[sentences.word(english, "en")].append(sentences.word(french, "fr"))
    head = "# Written by eval/fit_glossary.py: English word <tab> French words that answered it in translated sentences.\n"
    lines = (f"{english}\t{' '.join(sorted(french))}\n" for english, french in sorted(found.items()))
    TARGET.write_text(head + "".join(lines), "utf-8")
    print(f"{len(sentences.pairs)} sentences, {sum(map(len, found.values()))} pairs of words")
    return 0


def written(affair: str) -> Iterator[tuple[str, str, Language]]:
    """Sentences of an affair, their translations, and the language of these; nothing where an affair has none."""
    path = CALIBRATION / affair / "translations.jsonl"
    for row in map(json.loads, path.read_text("utf-8").splitlines() if path.exists() else ()):
        yield row["source"], row["translation"], row["into"]


def learnt(sentences: Sentences) -> Iterator[tuple[str, str]]:
    """Stems, French and English, that answer each other."""
    there, expected = _estimate(sentences.pairs, "fr")
    back, _ = _estimate(sentences.pairs, "en")
    for (french, english), probability in there.items():
        if french is None or expected[french, english] < SEEN:
            continue
        together = sentences.where["fr", french] & sentences.where["en", english]
        agreed = probability * back.get((english, french), 0.0)
        if agreed >= AGREED and len(together) >= AFFAIRS:
            yield french, english


def _estimate(pairs: Sequence[Mapping[Language, list[str]]], language: Language) -> tuple[Probabilities, Probabilities]:
    """How probable each stem of the other language is beside one of ``language`` (None: beside none), and expected counts."""
    probability: dict[tuple[str | None, str], float] = defaultdict(lambda: 1.0)
    counts: dict[tuple[str | None, str], float] = {}
    for _ in range(ROUNDS):
        counts, totals = defaultdict(float), defaultdict(float)
        for pair in pairs:
            given = [*pair[language], None]
            for stem in pair[OTHER[language]]:
                whole = sum(probability[each, stem] for each in given)
                for each in given:
                    share = probability[each, stem] / whole
                    counts[each, stem] += share
                    totals[each] += share
        shares = {key: count / totals[key[0]] for key, count in counts.items() if count > 1e-4}
        probability = defaultdict(lambda: 1e-9, shares)
    return probability, counts


def _words(text: str, language: Language) -> Iterator[tuple[str, str]]:
    """Folded words that are neither names nor stop words, with their stems."""
    called = [(name.start, name.end) for name in names(text, language)]
    for match in _WORD.finditer(text):
        word = fold(match[0])
        if word in STOP_WORDS[language] or len(word) < 2 or any(start <= match.start() < end for start, end in called):
            continue
        if len(found := stems(word, language)) == 1:
            yield word, found[0]


if __name__ == "__main__":
    sys.exit(main())
