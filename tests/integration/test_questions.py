"""Questions read with the adapter: only they change, as the numbers say, and more of what answers is found."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from eval.belief_data import CALIBRATION, Asked, is_gold, of_affair
from rag.language import detect
from rag.library import Library
from rag.models import e5
from rag.models.embedder import SentenceEmbedder
from rag.models.packed import unpack
from rag.models.questions import ADAPTER, MATRICES, SCALE
from rag.models.store import quiet
from rag.models.wheels import embedder_folder
from rag.retrieval.evidence import Retriever
from rag.settings import load_settings
from tests import packed

QUESTION = "le pont"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "e5-tiny"
    made.mkdir()
    e5.convert(unpack(packed.tiny().data), made, quiet)
    return made


def low_rank(path: Path, size: float) -> dict[str, torch.Tensor]:
    """An adapter of one row and one column for each matrix of the tiny model, its numbers ``size``."""
    tensors = {}
    for layer in range(packed.LAYERS):
        for name in MATRICES:
            out = packed.FFN if name == "intermediate.dense" else packed.HIDDEN
            into = packed.FFN if name == "output.dense" else packed.HIDDEN
            tensors[f"{layer}.{name}.down"] = torch.full((1, into), size)
            tensors[f"{layer}.{name}.up"] = torch.linspace(-size, size, out)[:, None]
    save_file(tensors, path)
    return tensors


def test_questions_are_read_with_what_the_adapter_adds(folder: Path, tmp_path: Path) -> None:
    """The rival: a model in whose file the product of the thin matrices was added by hand."""
    added = low_rank(tmp_path / "adapter.safetensors", 0.3)
    taught = SentenceEmbedder(folder, dtype="float32", adapter=tmp_path / "adapter.safetensors")
    plain = SentenceEmbedder(folder, dtype="float32")
    assert np.array_equal(taught.encode_passages([QUESTION]), plain.encode_passages([QUESTION]))
    assert taught.fingerprint == plain.fingerprint
    weights = load_file(folder / "model.safetensors")
    for layer in range(packed.LAYERS):
        for name in MATRICES:
            key = f"encoder.layer.{layer}.{name}.weight"
            product = SCALE * torch.outer(added[f"{layer}.{name}.up"][:, 0], added[f"{layer}.{name}.down"][0])
            weights[key] = weights[key].float() + product
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    rival = SentenceEmbedder(folder, dtype="float32")
    rival._direction = plain._direction  # it was measured on passages, which the rival reads otherwise
    assert taught.encode_queries([QUESTION]) == pytest.approx(rival.encode_queries([QUESTION]), abs=1e-4)
    assert not np.allclose(taught.encode_queries([QUESTION]), plain.encode_queries([QUESTION]), atol=1e-2)


def test_embeddings_and_tokenizer_are_held_once(folder: Path, tmp_path: Path) -> None:
    low_rank(tmp_path / "adapter.safetensors", 0.0)
    taught = SentenceEmbedder(folder, dtype="float32", adapter=tmp_path / "adapter.safetensors")
    assert taught._asked[0].model.embeddings is taught._model[0].model.embeddings
    assert taught._asked.tokenizer is taught._model.tokenizer
    assert np.array_equal(taught.encode_queries([QUESTION]), SentenceEmbedder(folder, dtype="float32").encode_queries([QUESTION]))


def shown(embedder: SentenceEmbedder, asked: list[Asked], library: Library) -> int:
    """Of how many questions a sentence that answers is among the eight shown first."""
    retriever = Retriever(library.catalog, library.vectors, library.lexical, embedder)
    found = ((item, retriever.retrieve(item.question, detect(item.question), limit=8, tokens=320)) for item in asked)
    return sum(any(is_gold(each.sentence, item) for each in evidence) for item, evidence in found)


def test_more_is_found_of_what_it_was_not_fitted_on() -> None:
    folder, asked = embedder_folder(load_settings()), [item for item in of_affair("autobus") if item.gold]
    plain = SentenceEmbedder(folder, dtype="float32")
    taught = SentenceEmbedder(folder, dtype="float32", adapter=ADAPTER)
    with TemporaryDirectory() as index:
        settings = load_settings(corpus=CALIBRATION / "autobus", index=Path(index))
        with Library.open(settings, embedder=plain) as library:
            library.sync()
            before, after = (shown(each, asked, library) for each in (plain, taught))
    assert after >= before + 0.08 * len(asked)
    assert after >= 0.9 * len(asked)
