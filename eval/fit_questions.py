"""Fit the adapter (``rag/models/e5_questions.safetensors``) with which the shipped embedder reads questions.

    python eval/fit_questions.py [--out FILE] [--epochs N]

On the invented affairs that nothing is measured on (``eval/belief_data.py``). Every question is searched as ever, without the
adapter; of the sentences then read closely those that answer it should come first, by the score that ranks them but
without the levelling of the languages (``rag/retrieval/fusion.py``): a softmax over them, listwise (Cao et al. 2007).
Passages keep their vectors, so only questions are read while fitting. After each epoch, and for what is kept in the end: how
often a sentence that answers is among the first 320 tokens, and the mean reciprocal rank of the first, on the affairs that
were kept apart and on the dev cases. Five minutes on two cores.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from eval.belief_data import ADAPTER_AFFAIRS, BELIEF_AFFAIRS, CALIBRATION, Asked, is_gold, of_affair, of_dev
from eval.low_rank import LowRank
from rag.language import detect
from rag.library import Library
from rag.models.embedder import SentenceEmbedder
from rag.models.questions import ADAPTER, MATRICES, SCALE
from rag.models.wheels import embedder_folder
from rag.retrieval.evidence import Retriever
from rag.retrieval.fusion import fuse, has_figure
from rag.retrieval.question import read
from rag.retrieval.selection import Ranked, fitting
from rag.settings import load_settings
from rag.shell import prepare

RANK = 8
EPOCHS = 4
BATCH = 32  #: questions
RATE, WARMING = 1e-3, 20  #: the rate, and the steps until it is full
SHARPNESS = 40.0  #: what a score is multiplied by at first; fitted too
TOKENS = 320  #: of the sentences shown first, as in an answer
#: Of what was fitted, the share that is kept: half-way back the ranking of other matters is kept too (weights between
#: those before and after a fit, Wortsman et al. 2022, arXiv:2109.01903).
SHARE = 0.75
SEED = 0


@dataclass(frozen=True, slots=True)
class Pool:
    """A question and the sentences read closely for it: vectors (n, dimension), the rest of each one's score, who answers."""

    question: str
    ranked: tuple[Ranked, ...]
    vectors: torch.Tensor
    rest: torch.Tensor
    good: torch.Tensor


class Reader(nn.Module):
    """The shipped embedder with low-rank matrices beside its own, for questions."""

    def __init__(self, embedder: SentenceEmbedder) -> None:
        super().__init__()
        self._model, self._prefix = embedder._model, embedder._prefix[0]
        self._bert: Any = self._model[0].model
        self._direction = torch.tensor(embedder._direction)
        self._bert.requires_grad_(False)
        self.low_rank = nn.ModuleDict()
        for number, layer in enumerate(self._bert.encoder.layer):
            for name in MATRICES:
                parent, _, last = name.rpartition(".")
                beside = LowRank(layer.get_submodule(name), RANK, SCALE)
                setattr(layer.get_submodule(parent), last, beside)
                self.low_rank[f"{number}.{name}".replace(".", "-")] = beside
        self.sharpness = nn.Parameter(torch.tensor(SHARPNESS))

    def forward(self, questions: Sequence[str]) -> torch.Tensor:
        """Unit vectors without the language direction, (n, dimension)."""
        given = self._model.tokenizer([self._prefix + each for each in questions], padding=True, return_tensors="pt")
        mask = given["attention_mask"]
        states = self._bert(input_ids=given["input_ids"], attention_mask=mask).last_hidden_state
        vectors = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        vectors = nn.functional.normalize(vectors, dim=1)
        return nn.functional.normalize(vectors - (vectors @ self._direction)[:, None] * self._direction, dim=1)

    def keep(self, share: float) -> None:
        """Of what the adapter adds, keep a share."""
        with torch.no_grad():
            for beside in self.low_rank.values():
                beside.up *= share

    def save(self, path: Path) -> None:
        """The adapter alone, in half precision."""
        tensors = {}
        for name, beside in self.low_rank.items():
            tensors[f"{name.replace('-', '.')}.down"] = beside.down.detach().half()
            tensors[f"{name.replace('-', '.')}.up"] = beside.up.detach().half()
        save_file(tensors, path)


def main() -> int:
    """Search all questions, fit, write the adapter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ADAPTER, help="where to write it")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args()
    prepare()
    settings = load_settings(corpus=CALIBRATION.parents[1] / "corpus")
    embedder = SentenceEmbedder(embedder_folder(settings), dtype="float32", notes=settings.cache)
    affairs = [name for each in ADAPTER_AFFAIRS for name in each]
    taught = [pool for name in affairs for pool in pools(CALIBRATION / name, of_affair(name), embedder)]
    judged = {name: list(pools(CALIBRATION / name, of_affair(name), embedder)) for name in BELIEF_AFFAIRS[True]}
    judged["dev"] = list(pools(settings.corpus, of_dev(), embedder))
    torch.manual_seed(SEED)
    reader = Reader(embedder)
    print(f"{len(taught)} questions", flush=True)
    tell(reader, judged)
    for loss in fit(reader, taught, options.epochs):
        print(f"loss {loss:.3f}, sharpness {reader.sharpness.item():.1f}", flush=True)
        tell(reader, judged)
    reader.keep(SHARE)
    print(f"kept: {SHARE}")
    tell(reader, judged)
    reader.save(options.out)
    return 0


def pools(corpus: Path, asked: Sequence[Asked], embedder: SentenceEmbedder) -> Iterator[Pool]:
    """The questions of a corpus that a sentence read closely for them answers."""
    with TemporaryDirectory() as folder:
        settings = load_settings(corpus=corpus, index=Path(folder))
        with Library.open(settings, embedder=embedder) as library:
            library.sync()
            retriever = Retriever(library.catalog, library.vectors, library.lexical, embedder)
            for item in asked:
                ranked = retriever.rank(item.question, detect(item.question)) if item.gold else []
                if any(is_gold(each.sentence, item) for each in ranked):
                    yield _pool(item, ranked)


def _pool(item: Asked, ranked: Sequence[Ranked]) -> Pool:
    asks = read(item.question, detect(item.question)).asks_figure
    return Pool(
        item.question,
        tuple(ranked),
        torch.tensor(np.stack([each.vector for each in ranked])),
        torch.tensor([fuse(0.0, each.lexical, figure=asks and has_figure(each.sentence.text)) for each in ranked]),
        torch.tensor([is_gold(each.sentence, item) for each in ranked]),
    )


def fit(reader: Reader, found: list[Pool], epochs: int) -> Iterator[float]:
    """The mean loss of each epoch, the rate falling like a cosine to nothing."""
    order, step, steps = random.Random(SEED), 0, epochs * math.ceil(len(found) / BATCH)
    thin = [each for beside in reader.low_rank.values() for each in (beside.down, beside.up)]
    groups = [{"params": thin}, {"params": [reader.sharpness], "lr": 100 * RATE}]
    optimiser = torch.optim.AdamW(groups, lr=RATE, weight_decay=0.01)
    for _ in range(epochs):
        reader.train()
        order.shuffle(found)
        total = 0.0
        for batch in (found[at : at + BATCH] for at in range(0, len(found), BATCH)):
            optimiser.param_groups[0]["lr"] = RATE * min(1.0, (step + 1) / WARMING) * (1 + math.cos(math.pi * step / steps)) / 2
            vectors = reader([pool.question for pool in batch])
            losses = [_loss(pool, vector, reader.sharpness) for pool, vector in zip(batch, vectors, strict=True)]
            loss = torch.stack(losses).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(batch)
            step += 1
        yield total / len(found)


def _loss(pool: Pool, vector: torch.Tensor, sharpness: torch.Tensor) -> torch.Tensor:
    """How unlikely it is that a sentence that answers comes first."""
    likely = torch.log_softmax(sharpness * (pool.vectors @ vector + pool.rest), 0)
    return -torch.logsumexp(likely[pool.good], 0)


def tell(reader: Reader, judged: dict[str, list[Pool]]) -> None:
    """What the ranking is worth on questions that nothing is fitted on."""
    reader.eval()
    for name, found in judged.items():
        shown, reciprocal = 0, 0.0
        for pool in found:
            with torch.no_grad():
                scores = pool.vectors @ reader([pool.question])[0] + pool.rest
            order = scores.argsort(descending=True).tolist()
            reciprocal += 1 / (1 + next(rank for rank, place in enumerate(order) if pool.good[place]))
            first = fitting([pool.ranked[place] for place in order], limit=8, tokens=TOKENS)
            good = {pool.ranked[place].id for place in order if pool.good[place]}
            shown += any(each.id in good for each in first)
        print(f"  {name}: {len(found)} questions, shown {shown / len(found):.3f}, MRR {reciprocal / len(found):.3f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
