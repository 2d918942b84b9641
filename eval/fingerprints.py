"""What shaped an answer, as short hashes that are known without opening a model.

Two sets of them: ``fingerprints`` names what a baseline was made with (model, embedder, corpus, cases,
settings), and ``answer_key`` decides whether a cached answer may be used again (all of these but the cases,
plus the program's own source, the engines' versions, and the question itself).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from eval.cases import Case
from rag.settings import Settings

ROOT = Path(__file__).resolve().parent.parent

#: Settings that cannot change the words of an answer, or that another fingerprint covers.
_SILENT = frozenset(
    {"corpus", "index", "cache", "embedder", "embedder_batch", "collection", "host", "port", "users"}
    | {"llm", "llm_url", "llm_model", "llm_api_key", "llm_timeout", "llm_threads", "api_key", "rate_limit"}
    | {"chroma_url", "chroma_token", "chroma_cloud_api_key", "chroma_cloud_tenant", "chroma_cloud_database"}
    | {"uploads", "upload_mb", "file_mb"}
)
_ENGINES = ("xllamacpp", "torch", "sentence-transformers", "transformers", "chromadb", "llama-index-core")
_SOURCE_SUFFIXES = frozenset({".py", ".txt", ".toml", ".json", ".jsonl", ".tsv", ".gbnf", ".md", ".sql", ".gguf", ".safetensors"})


def short(*parts: str | bytes) -> str:
    """A hash of the parts, 12 hexadecimal digits, their boundaries counted."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()[:12]


def fingerprints(settings: Settings, cases: Sequence[Case]) -> dict[str, str]:
    """The five that a baseline records, in words a person can compare."""
    return {
        "model": model(settings),
        "embedder": embedder(settings),
        "corpus": tree(settings.corpus),
        "cases": of_cases(cases),
        "settings": of_settings(settings),
    }


def of_cases(cases: Iterable[Case]) -> str:
    """Of everything a case says but why it exists and where it stands in the file."""
    texts = []
    for case in cases:
        fields = asdict(case)
        fields.pop("why", None)
        texts.append(json.dumps(fields, sort_keys=True, ensure_ascii=False, default=str))
    return short(*sorted(texts))


def of_settings(settings: Settings) -> str:
    """The settings that shape answers, spelt out; secrets never."""
    return " ".join(f"{name}={value}" for name, value in shaping(settings).items())


def shaping(settings: Settings) -> dict[str, Any]:
    """The settings that shape answers, by name. A setting added later counts until it is listed as silent."""
    values = {name: getattr(settings, name) for name in sorted(Settings.model_fields) if name not in _SILENT}
    return {name: value for name, value in values.items() if not isinstance(value, SecretStr)}


def model(settings: Settings) -> str:
    """The language model: the shipped one's hash, a file's own, or a server's address and model name."""
    if settings.llm_url is not None:
        where = urlsplit(settings.llm_url)
        return f"{settings.llm_model} at {where.hostname}:{where.port or ''}{where.path}"
    if settings.llm is None:
        from rag.models import qwen

        return f"shipped {qwen.RECIPE.stamp[:12]}"
    return f"{settings.llm.name} {_file(settings.llm)}"


def embedder(settings: Settings) -> str:
    """The embedder: the shipped one's hash or its folder's."""
    if settings.embedder is None:
        from rag.models import e5

        return f"shipped {short(e5.RECIPE.stamp)}"
    return f"{settings.embedder.name} {tree(settings.embedder)}"


@cache
def tree(folder: Path) -> str:
    """Of a folder's files, their relative paths and bytes; hidden files left out."""
    parts: list[str] = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in relative.parts):
            parts += [relative.as_posix(), _file(path)]
    return short(*parts)


@cache
def source(*extra: str, rooms: tuple[str, ...] = ("rag",)) -> str:
    """Of the program: every source file, prompt and table in ``rooms``, the page apart; ``extra`` files too."""
    files = [
        path
        for path in sorted(path for room in rooms for path in (ROOT / room).rglob("*"))
        if path.suffix in _SOURCE_SUFFIXES and "ui" not in path.relative_to(ROOT).parts
    ]
    parts: list[str | bytes] = []
    for path in [*files, *(ROOT / name for name in extra)]:
        parts += [path.relative_to(ROOT).as_posix(), path.read_bytes()]
    return short(*parts)


@cache
def engines() -> str:
    """The versions of the libraries that compute vectors and words."""
    return " ".join(f"{name}={_version(name)}" for name in _ENGINES)


def system_key(name: str, settings: Settings, *extra_source: str) -> str:
    """What is common to all of a system's answers."""
    shapers = [model(settings), embedder(settings), tree(settings.corpus), of_settings(settings)]
    return short(name, *shapers, engines(), source(*extra_source))


def answer_key(system: str, case: Case) -> str:
    """Of one answer: its system's key, the question and what was said before it."""
    return short(system, case.question, json.dumps([asdict(turn) for turn in case.history]))


@cache
def _file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:12]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
