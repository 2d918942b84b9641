"""What the verifier is fitted and measured on: statements with their evidence, and whether it backs them.

From the public sets of a data folder (see its README): ``rte3`` (claim and premise), ``clapnq`` (an answer with its
gold sentences, and with the other sentences of the same passage), ``across`` (NTREX sentences with their true
translation, and with one fact changed), ``same`` (the two French translations of a sentence, and French and English
sentences with one fact changed). Rows are halved by a hash of their id: one half fits, the other measures.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from eval.perturb import KINDS, name_pool, perturb
from rag.types import Evidence, Language, Sentence, Source
from rag.verification.alignment import FloatArray, TokenEmbedder

Set = Literal["across", "same", "rte3", "clapnq"]
SETS: tuple[Set, ...] = ("across", "same", "rte3", "clapnq")
_MOST_REST = 8  # sentences of a passage offered as evidence that does not hold the answer


@dataclass(frozen=True, slots=True)
class Item:
    """One statement and its evidence. ``kind``: "true", or what was changed, or the set's own label."""

    id: str
    set: Set
    statement: str
    language: Language
    evidence: tuple[str, ...]
    spoken: Language  #: of the evidence
    supported: bool
    kind: str
    title: str | None = None

    @property
    def fits(self) -> bool:
        """Whether it belongs to the half that fits; the salt keeps it apart from how the sets were drawn."""
        return int(hashlib.sha256(f"verifier {self.id}".encode()).hexdigest(), 16) % 2 == 0

    def as_evidence(self) -> list[Evidence]:
        """The evidence as the verifier takes it."""
        return [evidence_of(text, self.spoken, self.title) for text in self.evidence]


def evidence_of(text: str, language: Language, title: str | None = None) -> Evidence:
    """A text as evidence that nothing else is known about."""
    sentence = Sentence("data", 0, 0, 0, len(text), text, language)
    return Evidence(sentence, Source("data", "data.txt", language, title=title), 0.9, 0.5, 0.7, 1.0)


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    """The rows of one set."""
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]


def items(folder: Path) -> list[Item]:
    """Every item of every set."""
    return [*_ntrex(rows(folder, "ntrex_fr_en")), *_rte3(rows(folder, "rte3_fr")), *_clapnq(rows(folder, "clapnq_en"))]


def _ntrex(found: list[dict[str, Any]]) -> Iterator[Item]:
    pools = {side: name_pool([row[side] for row in found]) for side in ("fr", "en")}
    for side, other in (
        ("en", "en"),
        ("en", "fr"),
        ("fr", "en"),
        ("fr", "fr"),
        ("fr", "fr_ca"),
        ("fr_ca", "en"),
        ("fr_ca", "fr"),
    ):
        said, there = _language(side), _language(other)
        for row in found:
            rng = random.Random(f"{row['id']} {side}")
            changed = [(kind, perturb(row[side], said, kind, rng, pools[said])) for kind in KINDS]
            told = [(kind, change.text) for kind, change in changed if change is not None]
            if side != other:
                told.append(("true", row[side]))
            for kind, text in told:
                yield Item(
                    row["id"], "same" if said == there else "across", text, said, (row[other],), there, kind == "true", kind
                )


def _language(side: str) -> Language:
    return "en" if side == "en" else "fr"


def _rte3(found: list[dict[str, Any]]) -> Iterator[Item]:
    for row in found:
        yield Item(row["id"], "rte3", row["claim"], "fr", (row["source"],), "fr", row["label"] == "supported", row["label"])


def _clapnq(found: list[dict[str, Any]]) -> Iterator[Item]:
    for row in found:
        gold = row.get("gold_sentences") or []
        if not row["answerable"] or not gold:
            continue
        title, _, body = row["context"].partition(": ")
        known = "".join(_letters(text) for text in gold)
        rest = [text.strip() + " ." for text in re.split(r" [.?!] ?", body) if len(text) > 20]
        rest = [text for text in rest if _letters(text) not in known][:_MOST_REST]
        for kind, texts in (("gold", gold), ("rest", rest)):
            if texts:
                yield Item(row["id"], "clapnq", row["answers"][0], "en", tuple(texts), "en", kind == "gold", kind, title)


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text.lower())


class Remembering:
    """An embedder that keeps what it has encoded, on disk where a path is given: fitting is repeated often."""

    def __init__(self, embedder: TokenEmbedder, path: Path | None = None) -> None:
        self._embedder, self._path = embedder, path
        self._known: dict[str, tuple[FloatArray, tuple[tuple[int, int], ...], FloatArray]] = {}
        if path is not None and path.exists():
            self._known = pickle.loads(path.read_bytes())

    def _all(self, text: str) -> tuple[FloatArray, tuple[tuple[int, int], ...], FloatArray]:
        if text not in self._known:
            tokens = self._embedder.encode_tokens(text).astype(np.float16)
            whole = self._embedder.encode_passages([text])[0].astype(np.float16)
            self._known[text] = (tokens, self._embedder.token_spans(text), whole)
        return self._known[text]

    def encode_tokens(self, text: str) -> FloatArray:
        """See TokenEmbedder."""
        return self._all(text)[0].astype(np.float32)

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """See TokenEmbedder."""
        return self._all(text)[1]

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """See TokenEmbedder."""
        return np.stack([self._all(text)[2] for text in texts]).astype(np.float32)

    def save(self) -> None:
        """Write what is known to the path."""
        if self._path is not None:
            self._path.write_bytes(pickle.dumps(self._known))
