"""Labels [1], [2]…: each cited place gets its number when it is first cited, and keeps it."""

from __future__ import annotations

from collections.abc import Iterable

from rag.types import Citation, Sentence, Source


class Labels:
    """Numbers places in order of first use. One instance an answer."""

    def __init__(self) -> None:
        self._citations: dict[tuple[str, int, int], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations so far, by number."""
        return tuple(self._citations.values())

    def cite(self, sentence: Sentence, source: Source) -> Citation:
        """The citation of ``sentence``; the same sentence always gets the same one."""
        place = (sentence.document_id, sentence.start, sentence.end)
        if place not in self._citations:
            self._citations[place] = Citation(
                n=len(self._citations) + 1,
                document=source.id,
                title=source.title,
                date=source.date,
                language=sentence.language,
                start=sentence.start,
                end=sentence.end,
                quote=sentence.text,
            )
        return self._citations[place]


def marked(text: str, numbers: tuple[int, ...]) -> str:
    """``text`` followed by its labels: "… accounts. [1][3]"."""
    return f"{text} {marks(numbers)}"


def marks(numbers: Iterable[int]) -> str:
    """The labels one after the other: "[1][3]"."""
    return "".join(f"[{n}]" for n in numbers)
