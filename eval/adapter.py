"""The shipped language model in PyTorch, with a low-rank adapter beside its upper layers, and the adapter as a file.

Low-rank adaptation: Hu et al. 2021, "LoRA". The model's own weights, read from its GGUF file, stay as they are; beside the
attention matrices of the upper layers two thin matrices each are fitted. llama.cpp loads the result beside the model, and
each request says whether it wants it.

What is not fitted is multiplied in eight bits, forwards and backwards, which is faster than in floats on a processor without
matrix units (Wortsman et al. 2023, "Stable and low-precision training for large-scale vision-language models").
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import AutoConfig, AutoTokenizer, Qwen2ForCausalLM

from eval.low_rank import LowRank
from rag.models.llm import Message

FIRST_LAYER = 12  #: of the layers that are adapted, up to the last
RANK = 8
SCALE = 2.0  #: of what the adapter adds: llama.cpp's alpha over the rank
TOKENS = 400  #: longest pair; what is longer loses its end
MATRICES = {"q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v", "o_proj": "attn_output"}
_OTHERS = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    **{theirs: f"self_attn.{ours}" for ours, theirs in MATRICES.items()},
}
_TOP = {"token_embd": "model.embed_tokens.weight", "output_norm": "model.norm.weight", "output": "lm_head.weight"}


class Adapted(nn.Module):
    """The model, adapted to say how likely a sentence answers a question."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        tokenizer: Any = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
        self._tokenizer = tokenizer
        self._model = _read(file)
        self._model.requires_grad_(False)
        for layer in self._model.model.layers:
            for part in (layer.self_attn, layer.mlp):
                for name, matrix in list(part.named_children()):
                    if isinstance(matrix, nn.Linear):
                        setattr(part, name, _Frozen(matrix))
        self.low_rank = nn.ModuleDict()
        for number in range(FIRST_LAYER, len(self._model.model.layers)):
            attention = self._model.model.layers[number].self_attn
            for ours, theirs in MATRICES.items():
                beside = LowRank(getattr(attention, ours), RANK, SCALE)
                setattr(attention, ours, beside)
                self.low_rank[f"blk-{number}-{theirs}-weight"] = beside
        yes, no = (tokenizer(word).input_ids[0] for word in ("Yes", "No"))
        head = self._model.lm_head.weight
        self._yes_against_no = (head[yes] - head[no]).float()

    def tokens(self, messages: Sequence[Message]) -> list[int]:
        """A conversation as the server's template writes it (ChatML), up to the reply."""
        turns = "".join(f"<|im_start|>{role}\n{content}<|im_end|>\n" for role, content in messages)
        ids: list[int] = self._tokenizer(f"{turns}<|im_start|>assistant\n").input_ids
        return ids[:TOKENS]

    def forward(self, batch: Sequence[Sequence[int]]) -> torch.Tensor:
        """The log-odds of Yes against No, one for each conversation."""
        longest = max(map(len, batch))
        ids = torch.tensor([[*each, *[0] * (longest - len(each))] for each in batch])
        read = torch.tensor([[1] * len(each) + [0] * (longest - len(each)) for each in batch])
        states = self._model.model(ids, attention_mask=read, use_cache=False).last_hidden_state
        last = states[torch.arange(len(batch)), read.sum(1) - 1].float()
        return last @ self._yes_against_no

    def trained(self) -> list[nn.Parameter]:
        """What is fitted."""
        return [each for beside in self.low_rank.values() for each in (beside.down, beside.up)]

    def resume(self, path: Path) -> None:
        """Take up an adapter that was saved."""
        from gguf import GGUFReader

        held = {tensor.name: torch.tensor(tensor.data.astype("float32")) for tensor in GGUFReader(path).tensors}
        for name, beside in self.low_rank.items():
            with torch.no_grad():
                beside.down.copy_(held[f"{name.replace('-', '.')}.lora_a"])
                beside.up.copy_(held[f"{name.replace('-', '.')}.lora_b"])

    def save(self, path: Path) -> None:
        """The adapter alone, as llama.cpp reads it."""
        import gguf

        writer = gguf.GGUFWriter(path, "qwen2")
        writer.add_string("general.type", "adapter")
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", SCALE * RANK)
        for name, beside in self.low_rank.items():
            for letter, matrix in (("a", beside.down), ("b", beside.up)):
                values = matrix.detach().to(torch.float16).numpy()
                writer.add_tensor(f"{name.replace('-', '.')}.lora_{letter}", values)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


class _Frozen(nn.Module):
    """A matrix that is not fitted, in eight bits with a scale for each row."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features = base.in_features, base.out_features
        self.scales = base.weight.abs().amax(1).float() / 127
        self.weight = (base.weight.float() / self.scales[:, None]).round().to(torch.int8)
        self.bias = None if base.bias is None else base.bias.float()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = _Multiplied.apply(x.reshape(-1, self.in_features), self.weight, self.scales)
        y = y.view(*x.shape[:-1], self.out_features)
        return y if self.bias is None else y + self.bias


class _Multiplied(torch.autograd.Function):
    """``x @ weight.T`` for rows of floats and a matrix in eight bits."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(weight, scales)
        rows, largest = _rounded(x)
        return torch._int_mm(rows, weight.t()).float().mul_(largest).mul_(scales)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        weight, scales = ctx.saved_tensors
        rows, largest = _rounded(gradient * scales)
        return torch._int_mm(rows, weight).float().mul_(largest), None, None


def _rounded(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows in eight bits, and the scale of each."""
    largest = x.abs().amax(1, keepdim=True).clamp_min_(1e-30) / 127
    return (x / largest).round_().to(torch.int8), largest


def _read(file: Path) -> Any:
    """The weights of a Qwen2 GGUF file, undone from their quantisation, in bfloat16."""
    from gguf import GGUFReader
    from gguf.quants import dequantize

    weights = {}
    for tensor in GGUFReader(file).tensors:
        values = torch.tensor(dequantize(tensor.data, tensor.tensor_type)).to(torch.bfloat16)
        name = tensor.name.split(".")
        ours = f"model.layers.{name[1]}.{_OTHERS[name[2]]}.{name[3]}" if name[0] == "blk" else _TOP[name[0]]
        weights[ours] = values
    config = AutoConfig.from_pretrained(file.parent, gguf_file=file.name)
    torch.set_default_dtype(torch.bfloat16)
    model: Any = Qwen2ForCausalLM(config)
    torch.set_default_dtype(torch.float32)
    model.load_state_dict(weights, strict=False)
    model.model.embed_tokens.float()
    model.model.norm.float()
    for layer in model.model.layers:
        layer.input_layernorm.float()
        layer.post_attention_layernorm.float()
    return model
