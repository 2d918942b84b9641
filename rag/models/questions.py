"""Questions read by an encoder of their own: the embedder's, with a low-rank adapter fitted on questions and their answers.

An embedder brings sentences near that speak of what a question speaks of; the adapter (LoRA, Hu et al. 2021,
arXiv:2106.09685), fitted by ``eval/fit_questions.py``, moves the question towards the sentences that answer it. Passages
are embedded as ever: what is indexed stays good, and so does whatever compares two sentences.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from rag.errors import ModelError

#: Fitted for the shipped multilingual-e5-small; another embedder reads questions as it reads passages.
ADAPTER = Path(__file__).with_name("e5_questions.safetensors")
#: The matrices of a layer that have a low-rank one beside them, as BertModel names them.
MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
SCALE = 2.0  #: what the low-rank product is multiplied by


def adapted(model: Any, adapter: Path) -> Any:
    """A sentence-transformers model whose layers have the adapter merged in; embeddings and tokenizer are shared.

    Some 40 MB more in half precision. Raises ModelError.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        low_rank = load_file(adapter)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{adapter} is missing or damaged ({error}); install the program again") from error
    shared = (model[0].model.embeddings, model.tokenizer)
    other = copy.deepcopy(model, {id(each): each for each in shared})
    with torch.no_grad():
        for number, layer in enumerate(other[0].model.encoder.layer):
            for name in MATRICES:
                weight = layer.get_submodule(name).weight
                down, up = (low_rank[f"{number}.{name}.{side}"].float() for side in ("down", "up"))
                weight.copy_(weight.float() + SCALE * up @ down)
    return other
