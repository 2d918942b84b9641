"""Prompts as data: one TOML file a task, French and English examples side by side.

A prompt is a system line, worked examples and a pattern for the last turn. Everything before the values of
the last turn is the same for every question, so that a server caches it once.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.models.llm import Llm, Message


@dataclass(frozen=True, slots=True)
class Prompt:
    """A task for the model: ``system``, (values, reply) ``examples``, and the ``pattern`` of a turn."""

    system: str
    pattern: str
    examples: tuple[tuple[dict[str, str], str], ...]

    def messages(self, **values: str) -> tuple[Message, ...]:
        """The conversation that ends with the turn to be answered."""
        shown: list[Message] = [("system", self.system)]
        for example, reply in self.examples:
            shown += [("user", self.pattern.format(**example)), ("assistant", reply)]
        return (*shown, ("user", self.pattern.format(**values)))


def prime(llm: Llm) -> None:
    """Let the server read the prompts that every answer needs, so that the first one need not. Raises ModelUnavailable.

    An adapted model hears witnesses without examples: nothing of it is worth reading before.
    """
    for name in ("to_fr", "to_en", *(() if llm.adapted else ("point", "witness"))):
        prompt = load(name)
        values, _ = prompt.examples[0]
        llm.complete(prompt.messages(**values), max_tokens=1)


@cache
def load(name: str) -> Prompt:
    """The prompt called ``name`` (a file ``<name>.toml`` beside this one)."""
    raw = tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))
    examples = tuple(
        ({key: value for key, value in example.items() if key != "reply"}, example["reply"])
        for example in raw.get("examples", ())
    )
    return Prompt(raw["system"], raw["pattern"], examples)
