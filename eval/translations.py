"""``python -m eval.translations``: how many good translations the product's checks let pass.

Of those written by hand for the invented affairs (``translations.jsonl``), by direction: the checks against dictionaries
(``rag/verification/translation.py``), and which of them rejects. What they reject in an answer is quoted in its own language.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from eval.belief_data import CALIBRATION
from rag.text.glossary import OTHER
from rag.types import Language
from rag.verification.translation import CARRIED, carried, invented, strange, translates

Translated = tuple[str, str, Language]  # a sentence, its translation, and the language of that


def main() -> None:
    """Check them all."""
    rows = [row for path in sorted(CALIBRATION.glob("*/translations.jsonl")) for row in written(path.parent.name)]
    print("| into | n | pass | invented word | rare word | too little carried over |\n|---|---|---|---|---|---|")
    for language in ("fr", "en"):
        some = [row for row in rows if row[2] == language]
        told = [
            [translates(source, OTHER[into], wording) for source, wording, into in some],
            [bool(invented(wording, into, source)) for source, wording, into in some],
            [bool(strange(wording, into, source)) for source, wording, into in some],
            [carried(source, OTHER[into], wording) < CARRIED[into] for source, wording, into in some],
        ]
        print(f"| {language} | {len(some)} | {' | '.join(f'{sum(each) / len(some):.2f}' for each in told)} |")


def written(affair: str) -> Iterator[Translated]:
    """The translated sentences of an affair; nothing where it has none."""
    path = CALIBRATION / affair / "translations.jsonl"
    for row in map(json.loads, path.read_text("utf-8").splitlines() if path.exists() else ()):
        yield row["source"], row["translation"], row["into"]


if __name__ == "__main__":
    main()
