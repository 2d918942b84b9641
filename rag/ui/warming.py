"""A language model that loads while the page already answers requests.

A question asked meanwhile waits for it, at most the model's own timeout; a model that cannot be loaded, whether that
shows at once or at the first question, is reported as unavailable, and the assistant then falls back to quotations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.errors import ModelError, ModelUnavailable, RagError

if TYPE_CHECKING:
    from rag.models.llm import Completion, Llm, Message, State


class WarmingLlm:
    """An ``Llm`` opened in a thread of its own."""

    def __init__(self, open_it: Callable[[], Llm], *, patience: float, then: Callable[[Llm], None] | None = None) -> None:
        """``open_it`` is called at once, in the background; ``patience``: seconds a question may wait for it.

        ``then`` is done in the background once it is open, and may fail: nothing waits for it.
        """
        self._patience = patience
        self._opener = ThreadPoolExecutor(1, thread_name_prefix="model")
        self._opened: Future[Llm] = self._opener.submit(open_it)
        if then is not None:
            self._opener.submit(lambda: then(self._opened.result()))

    @property
    def state(self) -> State:
        """What a health check says of it: open is not yet loaded, so the model itself is asked."""
        if not self._opened.done():
            return "loading"
        return "unavailable" if self._opened.exception() else self._opened.result().state

    @property
    def fingerprint(self) -> str:
        """The model's own."""
        return self._llm().fingerprint

    @property
    def adapted(self) -> bool:
        """The model's own; not where there is none: whoever then asks it is told why."""
        try:
            return self._llm().adapted
        except ModelUnavailable:
            return False

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None, stop: Sequence[str] = ()
    ) -> Completion:
        """See ``Llm``."""
        with _unloadable_is_unavailable():
            return self._llm().complete(messages, max_tokens=max_tokens, grammar=grammar, stop=stop)

    def yes_or_no(self, messages: Sequence[Message], *, adapted: bool = False) -> Completion:
        """See ``Llm``."""
        with _unloadable_is_unavailable():
            return self._llm().yes_or_no(messages, adapted=adapted)

    def begins_with(self, messages: Sequence[Message], word: str) -> Completion:
        """See ``Llm``."""
        with _unloadable_is_unavailable():
            return self._llm().begins_with(messages, word)

    def close(self) -> None:
        """Close the model once it is open; nothing to do when it never was."""
        if not self._opened.exception():  # waits until it is open, or has failed
            self._opened.result().close()
        self._opener.shutdown(wait=True, cancel_futures=True)

    def _llm(self) -> Llm:
        try:
            return self._opened.result(timeout=self._patience)
        except Late as error:
            raise ModelUnavailable(f"the language model is still loading after {self._patience:.0f} s; wait") from error
        except RagError as error:
            raise ModelUnavailable(str(error)) from error


@contextmanager
def _unloadable_is_unavailable() -> Iterator[None]:
    """A model file found bad only once it is used: to whoever asks, a model that is not there."""
    try:
        yield
    except ModelError as error:
        raise ModelUnavailable(str(error)) from error
