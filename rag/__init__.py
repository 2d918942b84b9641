"""Témoin: answers from documents, in French and English, every sentence backed by a checked citation.

    from rag import Assistant, Settings
    with Assistant.open(Settings()) as assistant:
        print(assistant.answer("Combien de comptes Meta a-t-il désactivés en août ?").text)

Names are imported when first used: opening the door must not load the models.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.library import Library
    from rag.settings import Settings
    from rag.types import Answer

__all__ = ["Answer", "Assistant", "Library", "Settings"]

_ROOMS = {"Answer": "types", "Assistant": "assistant", "Library": "library", "Settings": "settings"}


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(import_module(f"rag.{_ROOMS[name]}"), name)
    raise AttributeError(f"module 'rag' has no attribute {name!r}")
