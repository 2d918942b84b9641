"""Fill in where the quotations of a case file stand: ``python -m eval.locate eval/cases/FILE.jsonl``.

A gold sentence (or a statement's evidence) may be written as ``{"document": "…", "quote": "…"}``; this adds
``start`` and ``end``, and ``pair`` to a case, and rewrites the file. Kinds of quotation marks, apostrophes
and spaces may differ from the document's; the document's own characters are written back. A quotation that
is not found, or found twice, stops it: that file is left as it was, and it exits with 1.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.cases import CaseError
from eval.corpus import documents
from rag.errors import RagError
from rag.types import Document

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


def located(data: dict[str, Any], corpus: Mapping[str, Document]) -> dict[str, Any]:
    """The case or statement with offsets and exact quotations, a case with its pair too. Raises CaseError."""
    done = dict(data)
    for key in ("gold", "evidence"):
        if key in data:
            done[key] = [_place(item, corpus) for item in data[key]]
    if data.get("gold"):
        spoken = {corpus[item["document"]].source.language for item in data["gold"]}
        done["pair"] = "both" if len(spoken) > 1 else f"{data['language']}→{spoken.pop()}"
    return done


def _place(item: dict[str, Any], corpus: Mapping[str, Document]) -> dict[str, Any]:
    if item["document"] not in corpus:
        raise CaseError(f"no document {item['document']!r} in the corpus: take an id from corpus/sources.toml")
    text = corpus[item["document"]].text
    start, end = locate(text, item["quote"])
    return {**item, "start": start, "end": end, "quote": text[start:end]}


def main(arguments: list[str] | None = None) -> int:
    """Rewrite the files named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.locate", description=str(__doc__).splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--corpus", type=Path, default=Path(__file__).parent.parent / "corpus")
    options = parser.parse_args(arguments)
    try:
        found = documents(options.corpus)
        for file in options.files:
            lines = file.read_text(encoding="utf-8").splitlines()
            done = [_line(n, line, found) for n, line in enumerate(lines, start=1) if line.strip()]
            file.write_text("".join(line + "\n" for line in done), encoding="utf-8")
    except (RagError, OSError, KeyError, ValueError) as error:
        print(f"locate: {error}", file=sys.stderr)
        return 1
    return 0


def _line(number: int, line: str, found: Mapping[str, Document]) -> str:
    try:
        return json.dumps(located(json.loads(line), found), ensure_ascii=False)
    except CaseError as error:
        raise CaseError(f"line {number}: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
