"""What the rooms of the page share: the collaborators, the Gradio components, how listeners behave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rag.types import Language
from rag.ui.chat import Asker, Conversation
from rag.ui.examples import Example
from rag.ui.gate import Gate
from rag.ui.notation import Cards
from rag.ui.panel import View, render_panel
from rag.ui.shelves import Collection
from rag.ui.thread import render_thread

#: Listeners that answer at once: outside the queue, out of the public interface.
QUICK: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}

#: A component and what it shows in each language.
Label = tuple[Any, Callable[[Language], Any]]


@dataclass(frozen=True)
class Desk:
    """What the page works with; one for all readers, never changed."""

    asker: Asker
    library: Collection
    question_limit: int = 2000
    examples: tuple[Example, ...] = ()
    translate: Callable[[str, Language], str] | None = None  #: text into a language, by the model; RagError
    gate: Gate | None = None  #: how many questions a user may ask
    users: bool = False  #: whether readers log in, and so may log out
    changeable: bool = True  #: whether documents may be added and deleted from the page
    upload_mb: int = 20  #: largest upload

    def thread(self, talk: Conversation, language: Language) -> str:
        """The conversation's HTML."""
        return render_thread(talk, Cards(self.library, language), language, self.examples, translates=bool(self.translate))

    def panel(self, view: View, talk: Conversation, language: Language) -> str:
        """The panel's HTML."""
        return render_panel(view, talk, self.library, language)


@dataclass(frozen=True)
class Parts:
    """The Gradio components that more than one room touches; ``talk``, ``view``, ``language`` are states."""

    talk: Any
    view: Any
    language: Any
    thread: Any
    panel: Any


def script(name: str, *events: str) -> str:
    """A component's script, ``temoin.<name>`` of panel.js. Gradio wants its events' names quoted in it."""
    quoted = " ".join(f'"{event}"' for event in events)
    return f"temoin.{name}(element, trigger, watch); /* events: {quoted} */"
