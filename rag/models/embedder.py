"""Sentences as vectors, with what merely tells French from English taken out.

multilingual-e5-small favours texts in the language of the question. The remedy (a mean language direction
removed, as in "removing language identity", Yang et al. 2021, arXiv:2109.04727, here with one direction for
two languages): ``u`` is the mean difference between the vectors of French sentences and of their English
translations (``pairs.tsv``, everyday sentences that have nothing to do with any corpus), and every vector
``v`` becomes ``normalise(v - (v·u)u)``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.models.cpu import has_bfloat16, physical_cores
from rag.models.questions import ADAPTER, adapted
from rag.models.store import recorded_hashes, sha256_of
from rag.models.wheels import embedder_folder
from rag.settings import Settings

FloatArray = NDArray[np.float32]
PAIRS = Path(__file__).with_name("pairs.tsv")


class Embedder(Protocol):
    """Texts to unit vectors; queries and passages differently."""

    fingerprint: str  #: changes with anything that changes a passage's vector
    dimension: int

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of questions: (n, dimension), rows of length 1."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of sentences of documents: (n, dimension), rows of length 1."""
        ...

    def encode_tokens(self, text: str) -> FloatArray:
        """Vectors of the tokens of one passage in context: (tokens, dimension), rows of length 1.

        Special tokens and the prefix are left out. For alignment between two texts.
        """
        ...

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where the rows of ``encode_tokens(text)`` stand: start and end in ``text``, end exclusive."""
        ...


class SentenceEmbedder:
    """An Embedder on a sentence-transformers folder. Its methods may be called from several threads."""

    def __init__(
        self, folder: Path, *, dtype: str = "auto", batch: int = 32, notes: Path | None = None, adapter: Path | None = None
    ) -> None:
        """Load the model. ``dtype``: auto, float32 or bfloat16. ``adapter``: what questions are read with (questions.py).

        The language direction, a second's work, is kept in the folder ``notes`` for the next start.
        Raises ModelError.
        """
        self._batch = batch
        self._guard = threading.Lock()  # the tokenizer is not for two threads at once
        chosen = _precision(dtype)
        self._model = _load(folder, chosen)
        self._asked = adapted(self._model, adapter) if adapter else self._model
        self.dimension = int(self._model.get_embedding_dimension())
        self._prefix = _prefixes(self._model.prompts or {}, folder)
        self.fingerprint = _fingerprint(folder, chosen, self._prefix)
        self._special = tuple(token for token in self._model.tokenizer.all_special_tokens if len(token) > 1)
        self._direction = np.zeros(self.dimension, np.float32)
        self._direction = self._language_direction(notes)

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """See Embedder."""
        return self._encode(self._asked, [self._prefix[0] + self._plain(text) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """See Embedder."""
        return self._encode(self._model, [self._prefix[1] + self._plain(text) for text in texts])

    def encode_tokens(self, text: str) -> FloatArray:
        """See Embedder."""
        with self._guard:
            vectors = self._model.encode(
                self._prefix[1] + self._plain(text), output_value="token_embeddings", show_progress_bar=False
            )
        return self._without_language(vectors.float().numpy()[[at for at, _, _ in self._tokens(text)]])

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """See Embedder."""
        return tuple((start, end) for _, start, end in self._tokens(text))

    def _tokens(self, text: str) -> list[tuple[int, int, int]]:
        """Position among the model's tokens, start and end in ``text``; special tokens and prefix left out."""
        tokenizer, prefix = self._model.tokenizer, self._prefix[1]
        length = self._model.max_seq_length
        with self._guard:
            found = tokenizer(prefix + self._plain(text), truncation=True, max_length=length, return_offsets_mapping=True)
            skip = len(tokenizer(prefix.strip(), add_special_tokens=False)["input_ids"]) if prefix else 0
        special = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
        kept = [at for at, token in enumerate(found["input_ids"]) if token not in special][skip:]
        return [(at, *(max(0, edge - len(prefix)) for edge in found["offset_mapping"][at])) for at in kept]

    def _encode(self, model: Any, texts: list[str]) -> FloatArray:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        with self._guard:  # it sorts them by length, so that a batch holds little padding
            vectors = model.encode(texts, batch_size=self._batch, show_progress_bar=False, convert_to_tensor=True)
        return self._without_language(vectors.float().numpy())

    def _plain(self, text: str) -> str:
        """The text with any literal special token, "</s>" for one, made ordinary; its length stays the same."""
        for token in self._special:
            if token in text:
                text = text.replace(token, "‹" + token[1:])
        return text

    def _language_direction(self, notes: Path | None) -> FloatArray:
        noted = notes / f"direction-{self.fingerprint}.npy" if notes else None
        if noted is not None and (known := _read_direction(noted, self.dimension)) is not None:
            return known
        direction = self._measure_direction()
        if noted is not None:
            with contextlib.suppress(OSError):  # a cache that cannot be written: measured again next time
                np.save(noted, direction)
        return direction

    def _measure_direction(self) -> FloatArray:
        pairs = [line.split("\t") for line in PAIRS.read_text("utf-8").splitlines()]
        french = self.encode_passages([pair[0] for pair in pairs])
        english = self.encode_passages([pair[1] for pair in pairs])
        difference: FloatArray = _unit((french - english).mean(axis=0, keepdims=True))
        return np.asarray(difference[0])

    def _without_language(self, vectors: FloatArray) -> FloatArray:
        return _unit(vectors - np.outer(vectors @ self._direction, self._direction))


def open_embedder(settings: Settings) -> Embedder:
    """The embedder of the settings, ready to use (some seconds, torch is imported). Raises ModelError."""
    folder = embedder_folder(settings)
    return SentenceEmbedder(
        folder,
        dtype=settings.embedder_dtype,
        batch=settings.embedder_batch,
        notes=settings.cache,
        adapter=ADAPTER if settings.embedder is None else None,
    )


def fingerprint_of(settings: Settings) -> str:
    """The fingerprint the embedder of the settings would have, without loading it (no torch). Raises ModelError."""
    folder = embedder_folder(settings)
    noted = folder / "config_sentence_transformers.json"
    try:
        prompts = json.loads(noted.read_text("utf-8")).get("prompts") or {} if noted.exists() else {}
        return _fingerprint(folder, _precision(settings.embedder_dtype), _prefixes(prompts, folder))
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(
            f"{folder} is not a sentence-transformers model ({error}); set TEMOIN_EMBEDDER to one that is"
        ) from error


def _precision(dtype: str) -> str:
    """bfloat16 embeds nearly twice as many sentences a second where the processor has it (cosine above 0.9999)."""
    if dtype != "auto":
        return dtype
    return "bfloat16" if has_bfloat16() else "float32"


def _read_direction(path: Path, dimension: int) -> FloatArray | None:
    try:
        known = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    fits = known.shape == (dimension,) and known.dtype == np.float32 and abs(float(known @ known) - 1) < 1e-3
    return np.asarray(known) if fits else None


def _unit(vectors: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


def _load(folder: Path, dtype: str) -> Any:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(physical_cores())
    try:
        model = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": getattr(torch, dtype)}
        )
    except Exception as error:  # whatever the libraries raise on a folder that is not a model
        raise ModelError(
            f"{folder} cannot be loaded as a sentence-transformers model ({type(error).__name__}); "
            "remove it to have it built again, or set TEMOIN_EMBEDDER to another"
        ) from error
    model.eval()
    return model


def _prefixes(given: Mapping[str, str | None], folder: Path) -> tuple[str, str]:
    """What goes before a query and before a passage: the model's own prompts, or e5's for an e5."""
    prompts = {name: text for name, text in given.items() if text}
    if "query" in prompts:
        return prompts["query"], prompts.get("passage") or prompts.get("document") or ""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    name = f"{folder.name} {config.get('_name_or_path', '')}".lower()
    return ("query: ", "passage: ") if re.search(r"(?<![a-z])e5(?![a-z0-9])", name) else ("", "")


def _fingerprint(folder: Path, dtype: str, prefix: tuple[str, str]) -> str:
    noted = recorded_hashes(folder)
    names = sorted(path for path in folder.glob("*") if path.suffix in {".safetensors", ".bin", ".json"})
    hashes = [noted.get(f"{folder.name}/{path.name}") or sha256_of(path) for path in names]
    everything = json.dumps([hashes, dtype, prefix, sha256_of(PAIRS), "language direction 1"])
    return hashlib.sha256(everything.encode()).hexdigest()[:16]
