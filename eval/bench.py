"""``python eval/bench.py [--million] [--compare]``: how fast, and how that changes as the library grows.

- Ingest: real sentences through the whole of ``Library.sync`` against the model's bare ``encode`` on the same
  texts, in one run, each twice and in turn; and the most memory that took.
- A second ingest of 10,000 files that did not change (their vectors are random: none is made again); the memory of
  the first.
- Asked for: finding what the last 1,000 sentences of a library say otherwise than the rest of it.
- Queries: the dev cases' questions on libraries of 1 thousand, 10 thousand, 100 thousand and, asked for, 1 million
  sentences; embedding, vectors, words and the rest apart, with memory and disk.

Each ingest run and each size is a process of its own, so that its memory is its own.

Real text goes as far as the corpus and, when they are there, the public data. What is beyond is synthetic:
sentences of other sentences' words, vectors moved at random from real ones. The table says how much.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from eval.bench_world import (  # noqa: E402
    FILES,
    REAL,
    FloatArray,
    Timed,
    comparing,
    filled,
    ingest_rate,
    mixed,
    peak_mb,
    real_texts,
    resident_mb,
    unchanged,
)
from eval.cases import load  # noqa: E402
from rag.library import Library  # noqa: E402
from rag.retrieval.evidence import Retriever  # noqa: E402
from rag.settings import Settings, load_settings  # noqa: E402
from rag.types import Language  # noqa: E402

SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000
LAST = 1_000  #: sentences compared with all the others
RUNS = {"rate": ingest_rate, "unchanged": unchanged}
WARM = 10  #: questions asked before the clock counts


@dataclass(frozen=True, slots=True)
class Scale:
    """A library of one size. Milliseconds are (median, 95th percentile)."""

    sentences: int
    real: int
    build_s: float  #: catalog, words and vectors written; without the model and without comparing documents
    build_peak_mb: float | None  #: most memory until then; None: the library was there already
    compare_s: float | None  #: the last ``LAST`` sentences compared with the others; None: not asked for
    embed_ms: tuple[float, float]
    vectors_ms: tuple[float, float]
    words_ms: tuple[float, float]
    rest_ms: tuple[float, float]
    after_embedding_ms: tuple[float, float]
    memory_mb: float
    peak_mb: float
    disk_mb: float


def measure(
    size: int, settings: Settings, texts: dict[Language, list[str]], vectors: FloatArray, folder: Path, *, compared: bool
) -> Scale:
    """Build a library of ``size`` sentences, unless ``folder`` holds it already, and ask it the dev questions."""
    own = settings.model_copy(update={"index": folder / "index"})
    built = folder / "built.json"
    most = None
    if not built.exists():
        with Library.open(own) as library:
            started = time.perf_counter()
            real = filled(library, texts, size, vectors)
            built.write_text(json.dumps({"real": real, "seconds": time.perf_counter() - started}), "ascii")
            most = round(peak_mb(), 0)
    told = json.loads(built.read_text("ascii"))
    with Library.open(own) as library:
        library.warm()
        spent = dict.fromkeys(("embed", "vectors", "words"), 0.0)
        retriever = Retriever(
            library.catalog,
            Timed(library.vectors, ("search",), spent, "vectors"),  # type: ignore[arg-type]
            Timed(library.lexical, ("search_stems",), spent, "words"),  # type: ignore[arg-type]
            Timed(library.embedder, ("encode_queries",), spent, "embed"),  # type: ignore[arg-type]
        )
        rows: list[dict[str, float]] = []
        cases = [case for case in load(ROOT / "eval" / "cases", "dev") if not case.history and case.expect == "answered"]
        for case in [*cases[:WARM], *cases]:
            spent.update(dict.fromkeys(spent, 0.0))
            begun = time.perf_counter()
            retriever.retrieve(case.question, case.language)
            whole = (time.perf_counter() - begun) * 1000
            rows.append({**spent, "after": whole - spent["embed"], "rest": whole - sum(spent.values())})
        rows = rows[WARM:]
        questions_mb = round(resident_mb(), 0)
        compare_s = round(comparing(library, LAST), 2) if compared else None
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20

    def quantiles(stage: str) -> tuple[float, float]:
        held = [row[stage] for row in rows]
        return round(float(np.quantile(held, 0.5)), 1), round(float(np.quantile(held, 0.95)), 1)

    return Scale(
        size, told["real"], round(told["seconds"], 1), most, compare_s,
        *(quantiles(s) for s in ("embed", "vectors", "words", "rest", "after")),
        questions_mb, round(peak_mb(), 0), round(disk, 1),
    )  # fmt: skip


ROWS = {
    "real among them": "real",
    "written to catalog, words and vectors, s": "build_s",
    "memory at most until then, MB": "build_peak_mb",
    f"comparing the last {LAST:,} with the others, s": "compare_s",
    "embedding the question, ms": "embed_ms",
    "vectors, both languages, ms": "vectors_ms",
    "words, both languages, ms": "words_ms",
    "reading, fusion and choice, ms": "rest_ms",
    "**all after the embedding, ms**": "after_embedding_ms",
    "memory after the questions, MB": "memory_mb",
    "memory at most, MB": "peak_mb",
    "disk, MB": "disk_mb",
}
GROWING = ("build_s", "compare_s", "after_embedding_ms")


def table(scales: list[Scale]) -> str:
    """Markdown, a size a column; what takes time as the library grows has a line of growth below it."""
    lines = ["| sentences | " + " | ".join(f"{scale.sentences:,}" for scale in scales) + " |", "|---|" + "---|" * len(scales)]
    for label, name in ROWS.items():
        cells = [getattr(scale, name) for scale in scales]
        if any(cell is not None for cell in cells):
            lines.append(f"| {label} | " + " | ".join(map(_shown, cells)) + " |")
            if name in GROWING and len(cells) > 1:
                lines.append("| … against the size before | " + " | ".join(growth(cells)) + " |")
    return "\n".join(lines)


def growth(cells: Sequence[Any]) -> list[str]:
    """How many times the figure before each is; of (median, p95) both. Empty for the first and where one is missing."""
    told = [""]
    for before, now in pairwise(cells):
        pairs = zip(*(cell if isinstance(cell, (tuple, list)) else (cell,) for cell in (before, now)), strict=True)
        told.append(" / ".join(f"×{b / a:.1f}" if a and b is not None else "–" for a, b in pairs))
    return told


def _shown(cell: Any) -> str:
    if cell is None:
        return "–"
    return f"{cell[0]} / {cell[1]}" if isinstance(cell, (tuple, list)) else f"{cell:,}"


def child(options: argparse.Namespace, *arguments: str) -> dict[str, Any]:
    """What this program prints when it is run with ``arguments``, in a process of its own so that memory is its own."""
    command = [sys.executable, str(Path(__file__).resolve()), *arguments, "--data", str(options.data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} could not be measured: {done.stderr.strip().splitlines()[-1:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def one_size(size: int, options: argparse.Namespace, vectors: Path) -> Scale:
    """Measure a size."""
    kept = ["--keep", str(options.keep)] if options.keep else []
    return Scale(**child(options, "--one", str(size), "--vectors", str(vectors), *kept, *["--compare"] * options.compare))


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    made.add_argument("--sizes", type=int, nargs="*", default=list(SIZES), help="sentences of the libraries")
    made.add_argument("--million", action="store_true", help="also a million sentences: some 20 minutes, 6 GB of disk")
    made.add_argument("--compare", action="store_true", help=f"also compare the last {LAST:,} sentences with the others")
    made.add_argument("--no-ingest", action="store_true", help="leave the ingest rate out")
    made.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="public data, when there")
    made.add_argument("--out", type=Path, default=ROOT / "eval" / "out" / "bench.json", help="where the figures go")
    made.add_argument("--keep", type=Path, help="keep the libraries in this folder, and use those it holds")
    made.add_argument("--one", type=int, help=argparse.SUPPRESS)
    made.add_argument("--run", choices=RUNS, help=argparse.SUPPRESS)
    made.add_argument("--vectors", type=Path, help=argparse.SUPPRESS)
    return made


def main() -> None:
    """Run the benchmark; JSON goes to ``--out``."""
    options = parser().parse_args()
    settings = load_settings(corpus=ROOT / "corpus")
    texts = real_texts(settings, options.data)
    if options.run:
        print(json.dumps(RUNS[options.run](settings, texts)))
    elif options.one:
        with TemporaryDirectory() as folder:
            kept = options.keep / str(options.one) if options.keep else Path(folder)
            kept.mkdir(parents=True, exist_ok=True)
            vectors = np.load(options.vectors)
            print(json.dumps(asdict(measure(options.one, settings, texts, vectors, kept, compared=options.compare))))
    else:
        all_of_it(options, settings, texts)


def all_of_it(options: argparse.Namespace, settings: Settings, texts: dict[Language, list[str]]) -> None:
    """Measure every size, then ingest; print the table and write the JSON."""
    from rag.models.embedder import open_embedder

    held = {"texts": {language: len(each) for language, each in texts.items()}}
    with TemporaryDirectory() as folder:
        vectors = Path(folder) / "real.npy"
        np.save(vectors, open_embedder(settings).encode_passages([text for text, _, _ in mixed(texts, REAL)]))
        scales = []
        for size in [*options.sizes, *([MILLION] if options.million else [])]:
            scales.append(one_size(size, options, vectors))
            print(f"{size:,} sentences: {scales[-1].after_embedding_ms[1]} ms after the embedding (p95)", file=sys.stderr)
    rates, again = ({}, {}) if options.no_ingest else (child(options, "--run", name) for name in RUNS)
    print(table(scales))
    if rates:
        ratio = rates["sync"] / rates["bare"]
        print(f"\ningest: {rates['sync']:.1f} sentences/s, bare encode {rates['bare']:.1f}, ratio {ratio:.2f}")
        print(f"memory at most: {rates['peak_mb']:,.0f} MB with the model")
    if again:
        told = f"{again['second_s']:.1f} s, {again['embedded']:.0f} sentences embedded (the first time {again['first_s']:.0f} s)"
        print(f"second ingest of {FILES:,} unchanged files: {told}")
        print(f"memory at most the first time: {again['peak_mb']:,.0f} MB without the model")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    found = {**held, "ingest": rates, "unchanged": again, "scales": [asdict(scale) for scale in scales]}
    options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
