"""Fill in where the gold quotations of a case file stand: ``python -m eval.locate eval/cases/FILE.jsonl``.

A gold sentence may be written as ``{"document": "…", "quote": "…"}``; this adds ``start`` and ``end``, and
``pair`` to the case, and rewrites the file. Kinds of quotation marks, apostrophes and spaces may differ from
the document's; the document's own characters are written back. A quotation that is not found, or found
twice, stops it: nothing is written then, and it exits with 1.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.cases import CaseError
from rag.errors import RagError

_CLASSES = (" \u00a0\u202f\u2009\n", "'’ʼ", '"“”')


def locate(text: str, quote: str) -> tuple[int, int]:
    """Start and end of the one place in ``text`` that reads ``quote``. Raises CaseError if there is not one."""
    pattern = "".join(_either(char) for char in " ".join(quote.split()))
    places = [match.span() for match in re.finditer(pattern, text)] if quote.strip() else []
    if len(places) != 1:
        found = "is not in the document" if not places else f"stands {len(places)} times in the document"
        raise CaseError(f"the quotation {quote[:60]!r} {found}: copy the whole sentence")
    return places[0]


def _either(char: str) -> str:
    for members in _CLASSES:
        if char in members:
            return f"[{re.escape(members)}]" + ("+" if char == " " else "")
    return re.escape(char)


def located(data: dict[str, Any], texts: Mapping[str, str], languages: Mapping[str, str]) -> dict[str, Any]:
    """The case with offsets, exact quotations and its language pair. Raises CaseError."""
    if not data.get("gold"):
        return data
    gold = []
    for item in data["gold"]:
        document = item["document"]
        if document not in texts:
            raise CaseError(f"no document {document!r} in the corpus: take an id from corpus/sources.toml")
        start, end = locate(texts[document], item["quote"])
        gold.append({**item, "start": start, "end": end, "quote": texts[document][start:end]})
    spoken = {languages[item["document"]] for item in gold}
    pair = "both" if len(spoken) > 1 else f"{data['language']}→{spoken.pop()}"
    return {**data, "gold": gold, "pair": pair}


def corpus(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Texts and languages by document id, as ``sources.toml`` of ``folder`` lists them."""
    cards = tomllib.loads((folder / "sources.toml").read_text(encoding="utf-8"))["document"]
    texts = {card["id"]: (folder / card["file"]).read_bytes().decode("utf-8") for card in cards}
    return texts, {card["id"]: card["language"] for card in cards}


def main(arguments: list[str] | None = None) -> int:
    """Rewrite the files named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.locate", description=str(__doc__).splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--corpus", type=Path, default=Path(__file__).parent.parent / "corpus")
    options = parser.parse_args(arguments)
    try:
        texts, languages = corpus(options.corpus)
        for file in options.files:
            lines = file.read_text(encoding="utf-8").splitlines()
            done = [_line(n, line, texts, languages) for n, line in enumerate(lines, start=1) if line.strip()]
            file.write_text("".join(line + "\n" for line in done), encoding="utf-8")
    except (RagError, OSError, KeyError, ValueError) as error:
        print(f"locate: {error}", file=sys.stderr)
        return 1
    return 0


def _line(number: int, line: str, texts: Mapping[str, str], languages: Mapping[str, str]) -> str:
    try:
        return json.dumps(located(json.loads(line), texts, languages), ensure_ascii=False)
    except CaseError as error:
        raise CaseError(f"line {number}: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
