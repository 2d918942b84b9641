"""Fit the adapter (``rag/models/qwen_witness.gguf``) with which the shipped model hears witnesses.

    python eval/fit_adapter.py [--resume FILE] [--out FILE] [--steps N]

On the invented affairs of ``eval/calibration`` but those that are kept apart (``eval/belief_data.py``: on these and on the
dev cases belief is fitted, and the adapter judged). Three passes, as the affairs were written: over those told in plain
sentences, then twice over others told as long press articles are; ``--resume`` makes the last alone. Each pair is seen
once. Two hours on two cores; needs 16 GB of memory and the ``fit`` extra (``pip install -e .[dev,fit]``).
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from torch import nn

from eval.adapter import Adapted
from eval.adapter_data import Pair, pairs
from eval.belief_data import ADAPTER_AFFAIRS
from rag.models.embedder import open_embedder
from rag.models.qwen import ADAPTER
from rag.models.wheels import model_file
from rag.settings import load_settings
from rag.shell import prepare

BATCH = 16
AT_ONCE = 4  #: pairs of a batch that are read together: more, and their numbers leave the processor's cache
SIMILAR = 12  #: batches whose pairs are sorted by length together, so that little is padded
RATES = (4e-4, 3e-4, 3e-4)  #: of the passes
WARMING = 20  #: steps until the full rate
SEED = 0


def main() -> int:
    """Read the affairs, fit, write the adapter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ADAPTER, help="where to write it")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="an adapter that has all passes but the last behind it")
    parser.add_argument("--steps", type=int, help="stop each pass after so many, to look at the loss; nothing is written")
    options = parser.parse_args()
    prepare()
    settings = load_settings()
    embedder = open_embedder(settings)
    passes = list(zip(ADAPTER_AFFAIRS, RATES, strict=True))
    if options.resume:
        passes = passes[-1:]
    taught = [([pair for affair in affairs for pair in pairs(affair, embedder)], rate) for affairs, rate in passes]
    torch.manual_seed(SEED)
    model = Adapted(model_file(settings))
    if options.resume:
        model.resume(options.resume)
    for found, rate in taught:
        print(f"{len(found)} pairs, {sum(pair.good for pair in found)} of them good", flush=True)
        fit(model, found, rate, options.steps)
    if options.steps is None:
        model.save(options.out)
    return 0


def fit(model: Adapted, found: Sequence[Pair], rate: float, steps: int | None) -> None:
    """One pass over the pairs, the ``rate`` falling like a cosine to nothing."""
    batches = _batches([(model.tokens(pair.messages), float(pair.good)) for pair in found])
    optimiser = torch.optim.AdamW(model.trained(), lr=rate, weight_decay=0.01, betas=(0.9, 0.98))
    started, told = time.monotonic(), 0.0
    for step, batch in enumerate(batches[:steps]):
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / WARMING) * (1 + math.cos(math.pi * step / len(batches))) / 2
        optimiser.zero_grad()
        loss = 0.0
        for some in (batch[at : at + AT_ONCE] for at in range(0, len(batch), AT_ONCE)):
            odds, good = model([tokens for tokens, _ in some]), torch.tensor([good for _, good in some])
            part = nn.functional.binary_cross_entropy_with_logits(odds, good, reduction="sum") / len(batch)
            part.backward()
            loss += part.item()
        nn.utils.clip_grad_norm_(model.trained(), 1.0)
        optimiser.step()
        told = 0.95 * told + 0.05 * loss if step else loss
        if (step + 1) % 10 == 0:
            print(f"step {step + 1} of {len(batches)}: loss {told:.3f}, {time.monotonic() - started:.0f} s", flush=True)


def _batches(rows: list[tuple[list[int], float]]) -> list[list[tuple[list[int], float]]]:
    """The rows in a random order, but those of a batch of about the same length."""
    order = random.Random(SEED)
    order.shuffle(rows)
    batches = []
    for start in range(0, len(rows), BATCH * SIMILAR):
        some = sorted(rows[start : start + BATCH * SIMILAR], key=lambda row: len(row[0]))
        cut = [some[at : at + BATCH] for at in range(0, len(some), BATCH)]
        order.shuffle(cut)
        batches += cut
    return batches


if __name__ == "__main__":
    sys.exit(main())
