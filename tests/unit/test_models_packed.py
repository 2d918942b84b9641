"""The packed format is read exactly, whatever the weights, and refused when it is cut or another."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from rag.errors import ModelError
from rag.models.e5 import bert_names, convert
from rag.models.packed import unpack, weights
from rag.models.store import quiet
from tests import packed as sample


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_every_weight_is_read_as_it_was_written(seed: int) -> None:
    written = sample.tiny(seed)
    read = unpack(written.data)
    assert set(read.tensors) == set(written.tensors)
    for name, expected in written.tensors.items():
        np.testing.assert_array_equal(weights(read, name), expected.reshape(-1))


def test_sizes_and_vocabulary() -> None:
    read = unpack(sample.tiny().data)
    assert (read.hidden, read.layers, read.heads, read.ffn) == (32, 2, 2, 64)
    assert [piece for piece, _ in read.pieces] == [piece for piece, _ in sample.PIECES]
    assert [score for _, score in read.pieces] == pytest.approx([score for _, score in sample.PIECES])


@pytest.mark.parametrize("kept", [60, 100, 400, 1000])
def test_a_file_cut_short_is_named(kept: int) -> None:
    with pytest.raises(ModelError, match="cut short"):
        unpack(sample.tiny().data[:kept])


def test_another_format_is_refused() -> None:
    with pytest.raises(ModelError, match="unknown format"):
        unpack(b"GGUF" + sample.tiny().data[4:])


def test_the_folder_holds_the_weights_in_half_precision(tmp_path: Path) -> None:
    written = sample.tiny()
    read = unpack(written.data)
    convert(read, tmp_path, quiet)
    stored = load_file(tmp_path / "model.safetensors")
    for name, (short, shape) in bert_names(read).items():
        assert stored[name].shape == shape
        np.testing.assert_array_equal(stored[name], written.tensors[short].astype(np.float16))
    config = json.loads((tmp_path / "config.json").read_text("utf-8"))
    assert (config["hidden_size"], config["vocab_size"]) == (32, sample.VOCABULARY)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("le pont", ["▁le", "▁pont"]),
        ("  le\t\u200bpont\n", ["▁le", "▁pont"]),  # odd blanks are blanks
        ("le p\x07ont", ["▁le", "▁pont"]),  # controls vanish
        ("e\u0301", ["▁", "é"]),  # an accent apart is an accent
    ],
)
def test_texts_are_cut_into_pieces(text: str, pieces: list[str], tmp_path: Path) -> None:
    convert(unpack(sample.tiny().data), tmp_path, quiet)
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    assert tokenizer.encode(text).tokens == ["<s>", *pieces, "</s>"]
