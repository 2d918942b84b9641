"""Write ``rag/text/ordinary_fr.txt`` and ``ordinary_en.txt``: words that running text writes without a capital.

    python -m eval.fit_words ../shared/data

A capitalised word of these lists ("Foreign", «Jeux») is an ordinary word that a translation renders by another,
not a name that must be found again. Words come from the permissively licensed sets only (nomiracl, clapnq,
ramdocs, daccord, rte3); no sentence is kept.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

SETS = ("nomiracl_fr_en", "clapnq_en", "ramdocs_en", "daccord_fr", "rte3_fr")
#: Questions are left out: those of clapnq are written without capitals.
FIELDS = ("context", "source", "claim")
TARGET = Path(__file__).parents[1] / "rag" / "text"
_WORD = re.compile(r"[^\W\d_]+")


def ordinary(texts: list[str]) -> list[str]:
    """Words written small at least twice, and at least a fifth as often as with a capital."""
    small: Counter[str] = Counter()
    large: Counter[str] = Counter()
    for text in texts:
        for word in _WORD.findall(text):
            (small if word.islower() else large)[word.lower()] += 1
    return sorted(w for w, n in small.items() if n >= 2 and 5 * n >= large[w] and len(w) > 2 and w.isalpha())


def main(folder: Path) -> None:
    """Read the sets, write both lists."""
    texts: dict[str, list[str]] = {"fr": [], "en": []}
    for name in SETS:
        for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            texts[row["lang"]] += [row[field] for field in FIELDS if field in row]
    for language, found in texts.items():
        words = ordinary(found)
        (TARGET / f"ordinary_{language}.txt").write_text("\n".join(words) + "\n", "utf-8")
        print(f"{language}: {len(words)} words")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
