"""``python eval/bench.py [--million]``: how fast, and how that changes as the library grows.

- Ingest: real sentences through the whole of ``Library.sync`` against the model's bare ``encode`` on the same
  texts, in one run, each twice and in turn.
- A second ingest of 10,000 files that did not change (their vectors are random: none is made again).
- Queries: the dev cases' questions on libraries of 1 thousand, 10 thousand, 100 thousand and, asked for, 1 million
  sentences; embedding, vectors, words and the rest apart, with memory and disk. Each size in a process of its own.

Real text goes as far as the corpus and, when they are there, the public data. What is beyond is synthetic:
sentences of other sentences' words, vectors moved at random from real ones. The table says how much.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from eval.bench_world import PER_DOCUMENT, FloatArray, RandomEmbedder, Timed, filled, mixed, real_texts  # noqa: E402
from eval.cases import load  # noqa: E402
from rag.library import Library  # noqa: E402
from rag.retrieval.evidence import Retriever  # noqa: E402
from rag.settings import Settings, load_settings  # noqa: E402
from rag.types import Language  # noqa: E402

SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000
REAL = 1_000  #: real sentences embedded: for the ingest rate, and for synthetic vectors to start from
FILES = 10_000  #: of the second ingest
WARM = 10  #: questions asked before the clock counts


@dataclass(frozen=True, slots=True)
class Scale:
    """A library of one size. Milliseconds are (median, 95th percentile)."""

    sentences: int
    real: int
    build_s: float  #: catalog, words and vectors written; without the model and without comparing documents
    embed_ms: tuple[float, float]
    vectors_ms: tuple[float, float]
    words_ms: tuple[float, float]
    rest_ms: tuple[float, float]
    after_embedding_ms: tuple[float, float]
    memory_mb: float
    peak_mb: float
    disk_mb: float


def ingest_rate(settings: Settings, texts: dict[Language, list[str]]) -> dict[str, float]:
    """Sentences a second through the whole of a sync, and through the bare model, on the same texts."""
    from rag.models.embedder import open_embedder

    embedder = open_embedder(settings)
    bare: Any = embedder._model  # type: ignore[attr-defined]
    rates: dict[str, list[float]] = {"bare": [], "sync": []}
    for turn in range(2):
        with TemporaryDirectory() as folder:
            corpus = Path(folder) / "corpus"
            corpus.mkdir()
            rows = list(mixed(texts, REAL, seed=turn))
            for start in range(0, len(rows), PER_DOCUMENT):
                for language in ("fr", "en"):
                    lines = [text for text, each, _ in rows[start : start + PER_DOCUMENT] if each == language]
                    (corpus / f"{language}-{start}.txt").write_text("\n\n".join(lines) + "\n", "utf-8")
            own = settings.model_copy(update={"corpus": corpus, "index": Path(folder) / "index"})
            with Library.open(own, embedder=embedder) as library:
                report = library.sync()
                sources = library.sources()
                held = [one.text for source in sources for one in library.sentences(source.id) if one.searchable]
            rates["sync"].append(report.embedded / report.seconds)
            distinct = list(dict.fromkeys(held))
            started = time.perf_counter()
            bare.encode(["passage: " + text for text in distinct], batch_size=own.embedder_batch, show_progress_bar=False)
            rates["bare"].append(len(distinct) / (time.perf_counter() - started))
    return {name: float(np.mean(each)) for name, each in rates.items()} | {"sentences": float(REAL)}


def unchanged(settings: Settings, texts: dict[Language, list[str]]) -> dict[str, float]:
    """Seconds of a first and of a second sync of ``FILES`` files, and how many sentences the second embedded."""
    with TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, (text, _, _) in enumerate(mixed(texts, FILES)):
            (corpus / f"{number}.txt").write_text(text + "\n", "utf-8")
        own = settings.model_copy(update={"corpus": corpus, "index": Path(folder) / "index"})
        with Library.open(own, embedder=RandomEmbedder()) as library:
            first = library.sync()
        with Library.open(own, embedder=RandomEmbedder()) as library:
            second = library.sync()
    return {"files": FILES, "first_s": first.seconds, "second_s": second.seconds, "embedded": second.embedded}


def measure(size: int, settings: Settings, texts: dict[Language, list[str]], vectors: FloatArray, folder: Path) -> Scale:
    """Build a library of ``size`` sentences, unless ``folder`` holds it already, and ask it the dev questions."""
    own = settings.model_copy(update={"index": folder / "index"})
    built = folder / "built.json"
    if not built.exists():
        with Library.open(own) as library:
            started = time.perf_counter()
            real = filled(library, texts, size, vectors)
            built.write_text(json.dumps({"real": real, "seconds": time.perf_counter() - started}), "ascii")
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
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20

    def quantiles(stage: str) -> tuple[float, float]:
        held = [row[stage] for row in rows]
        return round(float(np.quantile(held, 0.5)), 1), round(float(np.quantile(held, 0.95)), 1)

    return Scale(
        size, told["real"], round(told["seconds"], 1), *(quantiles(s) for s in ("embed", "vectors", "words", "rest", "after")),
        round(_resident(), 0), round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0), round(disk, 1),
    )  # fmt: skip


def _resident() -> float:
    """Megabytes of memory this process holds now."""
    status = Path("/proc/self/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


def table(scales: list[Scale]) -> str:
    """Markdown, a size a column."""
    told: dict[str, Any] = {
        "real among them": "real",
        "written to catalog, words and vectors, s": "build_s",
        "embedding the question, ms": "embed_ms",
        "vectors, both languages, ms": "vectors_ms",
        "words, both languages, ms": "words_ms",
        "reading, fusion and choice, ms": "rest_ms",
        "**all after the embedding, ms**": "after_embedding_ms",
        "memory after the questions, MB": "memory_mb",
        "memory at most, MB": "peak_mb",
        "disk, MB": "disk_mb",
    }
    lines = ["| sentences | " + " | ".join(f"{scale.sentences:,}" for scale in scales) + " |", "|---|" + "---|" * len(scales)]
    for label, name in told.items():
        cells = [getattr(scale, name) for scale in scales]
        shown = [f"{cell[0]} / {cell[1]}" if isinstance(cell, (tuple, list)) else f"{cell:,}" for cell in cells]
        lines.append(f"| {label} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def one_size(size: int, options: argparse.Namespace, vectors: Path) -> Scale:
    """Measure a size in a process of its own, so that memory is its own."""
    command = [sys.executable, str(Path(__file__).resolve()), "--one", str(size), "--vectors", str(vectors)]
    if options.keep:
        command += ["--keep", str(options.keep)]
    done = subprocess.run([*command, "--data", str(options.data)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the library of {size:,} sentences could not be measured: {done.stderr.strip().splitlines()[-1:]}")
    return Scale(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Run the benchmark; JSON goes to ``--out``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES), help="sentences of the libraries")
    parser.add_argument("--million", action="store_true", help="also a million sentences: some 20 minutes, 6 GB of disk")
    parser.add_argument("--no-ingest", action="store_true", help="leave the ingest rate out")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="public data, when there")
    parser.add_argument("--out", type=Path, default=ROOT / "eval" / "out" / "bench.json", help="where the figures go")
    parser.add_argument("--keep", type=Path, help="keep the libraries in this folder, and use those it holds")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--vectors", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    settings = load_settings(corpus=ROOT / "corpus")
    texts = real_texts(settings, options.data)
    if options.one:
        with TemporaryDirectory() as folder:
            kept = options.keep / str(options.one) if options.keep else Path(folder)
            kept.mkdir(parents=True, exist_ok=True)
            scale = measure(options.one, settings, texts, np.load(options.vectors), kept)
        print(json.dumps(asdict(scale)))
        return
    from rag.models.embedder import open_embedder

    held = {"texts": {language: len(each) for language, each in texts.items()}}
    with TemporaryDirectory() as folder:
        vectors = Path(folder) / "real.npy"
        np.save(vectors, open_embedder(settings).encode_passages([text for text, _, _ in mixed(texts, REAL)]))
        scales = []
        for size in [*options.sizes, *([MILLION] if options.million else [])]:
            scales.append(one_size(size, options, vectors))
            print(f"{size:,} sentences: {scales[-1].after_embedding_ms[1]} ms after the embedding (p95)", file=sys.stderr)
    rates = {} if options.no_ingest else ingest_rate(settings, texts)
    again = {} if options.no_ingest else unchanged(settings, texts)
    print(table(scales))
    if rates:
        ratio = rates["sync"] / rates["bare"]
        print(f"\ningest: {rates['sync']:.1f} sentences/s, bare encode {rates['bare']:.1f}, ratio {ratio:.2f}")
    if again:
        told = f"{again['second_s']:.1f} s, {again['embedded']:.0f} sentences embedded (the first time {again['first_s']:.0f} s)"
        print(f"second ingest of {FILES:,} unchanged files: {told}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    found = {**held, "ingest": rates, "unchanged": again, "scales": [asdict(scale) for scale in scales]}
    options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
