"""``python eval/run.py --public nomiracl|clapnq``: does it answer what its documents do not hold?

Every item brings its own passages: they become a corpus of their own, indexed and asked about like any other,
with the model and the embedder shared. Measured are the two ways to be wrong: answering what the passages do
not hold (hallucination), and refusing what they do (refusal). Finished items are cached; ``--limit`` takes some.

NoMIRACL's published figures (Thakur et al. 2023) stand beside ours as quoted in the data folder's README.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.bootstrap import Estimate, Share, ratio
from eval.cache import Cache
from eval.cases import Gold
from eval.figures import BY_NAME
from eval.fingerprints import embedder, engines, model, of_settings, short, source
from eval.metrics import covers
from eval.report import shown
from eval.screen import Screen
from eval.selection import even
from eval.wire import from_dict, to_dict
from eval.workshop import Workshop, apart
from rag.errors import RagError
from rag.settings import load_settings
from rag.types import Answer

ROOT = Path(__file__).resolve().parent.parent
FILES = {"nomiracl": "nomiracl_fr_en.jsonl", "clapnq": "clapnq_en.jsonl"}

#: (language, model) → (hallucination, refusal), from the data folder's README.
PUBLISHED: dict[str, dict[tuple[str, str], tuple[float, float]]] = {
    "nomiracl": {
        ("fr", "GPT-4"): (0.468, 0.112),
        ("en", "GPT-4"): (0.424, 0.048),
        ("fr", "Mistral-7B"): (0.116, 0.588),
        ("en", "Mistral-7B"): (0.064, 0.588),
    },
    "clapnq": {},
}
_PASSAGE = re.compile(r"(?:^|\n\n)\[\d+\] ")


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its own passages: (title, text)."""

    id: str
    language: str
    question: str
    passages: tuple[tuple[str, str], ...]
    answerable: bool
    gold: tuple[str, ...]  #: sentences of the passages that support the answer, where the set names them


def load(path: Path) -> tuple[Item, ...]:
    """The items of a public file. Raises RagError when it is missing or not one."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return tuple(_item(json.loads(line)) for line in lines if line.strip())
    except OSError as error:
        raise RagError(f"{path} is not there; give the folder of the public sets with --data") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RagError(f"{path} is not the public set ({error!r}); give another folder with --data") from error


def _item(data: Mapping[str, Any]) -> Item:
    whole = data["context"]
    parts = _PASSAGE.split(whole)[1:] if whole.startswith("[") else [whole]
    titled = tuple((title.strip(), text.strip()) for title, _, text in (part.partition(": ") for part in parts))
    gold = tuple(data.get("gold_sentences", ()))
    return Item(data["id"], data["lang"], data["question"], titled, bool(data["answerable"]), gold)


def write_corpus(item: Item, folder: Path) -> None:
    """The passages as text files with their cards."""
    cards = []
    for n, (title, text) in enumerate(item.passages, start=1):
        (folder / f"p{n}.txt").write_text(text + "\n", encoding="utf-8")
        # A JSON string is a TOML basic string.
        cards.append(f'[[document]]\nfile = "p{n}.txt"\nid = "p{n}"\ntitle = {json.dumps(title or str(n))}\n')
    (folder / "sources.toml").write_text("\n".join(cards), encoding="utf-8")


def run_public(options: argparse.Namespace) -> int:
    """Ask, measure, print beside the published figures, write JSON. Raises RagError."""
    screen = Screen()
    items = even(load(options.data / FILES[options.public]), options.limit)
    settings = load_settings(corpus=ROOT / "corpus")
    key = short(options.public, model(settings), embedder(settings), of_settings(settings), engines(), source())
    cache = Cache(options.out / "cache", reading=not options.no_cache)
    answers: dict[str, Answer] = {}
    with Workshop(settings, options.out, screen.say) as shop, screen.following(options.public) as follow:
        for done, item in enumerate(items, start=1):
            mark = short(key, json.dumps(asdict(item)))
            stored = cache.get(mark)
            answers[item.id] = from_dict(stored) if stored is not None else _asked(item, shop)
            if stored is None and not answers[item.id].notices:
                cache.put(mark, to_dict(answers[item.id]))
            follow.answer(done, len(items))
    figures = measure(items, answers)
    target = options.out / f"public-{options.public}" / "report.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    told = {language: {name: asdict(e) for name, e in table.items()} for language, table in figures.items()}
    cases = [{"id": i.id, "answerable": i.answerable, "answer": to_dict(answers[i.id])} for i in items]
    target.write_text(json.dumps({"figures": told, "cases": cases}, ensure_ascii=False, indent=1), encoding="utf-8")
    screen.lines(f"{options.public}: {len(items)} questions", _lines(figures, PUBLISHED[options.public]))
    screen.lines("report", [str(target)])
    return 0


def _asked(item: Item, shop: Workshop) -> Answer:
    from rag.assistant import Assistant
    from rag.library import Library

    with TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        write_corpus(item, corpus)
        settings = apart(shop.settings, corpus)
        with Library.open(settings, embedder=shop.library().embedder) as library:
            library.sync()
            return Assistant(settings, library, shop.llm()).answer(item.question)


def measure(items: Sequence[Item], answers: Mapping[str, Answer]) -> dict[str, dict[str, Estimate]]:
    """By language: hallucination (of unanswerable), refusal (of answerable), gold sentence cited (of answered)."""
    found: dict[str, dict[str, Estimate]] = {}
    for language in dict.fromkeys(item.language for item in items):
        shares: dict[str, list[Share]] = {"hallucination": [], "refusal": [], "gold_cited": []}
        for item in items:
            answer = answers[item.id]
            if item.language != language:
                continue
            given = answer.status == "answered"
            shares["refusal" if item.answerable else "hallucination"].append(Share(given != item.answerable))
            if item.answerable and given and item.gold:
                shares["gold_cited"].append(Share(_cites_gold(item, answer)))
        estimates = {name: ratio(part) for name, part in shares.items()}
        found[language] = {name: estimate for name, estimate in estimates.items() if estimate is not None}
    return found


def _cites_gold(item: Item, answer: Answer) -> bool:
    for n, (_, text) in enumerate(item.passages, start=1):
        for sentence in item.gold:
            start = text.find(sentence.strip())
            if start >= 0:
                gold = Gold(f"p{n}", start, start + len(sentence.strip()), sentence.strip())
                if any(covers(citation, gold) for citation in answer.citations):
                    return True
    return False


def _lines(figures: Mapping[str, Mapping[str, Estimate]], published: Mapping[tuple[str, str], Any]) -> list[str]:
    lines = []
    for language, table in figures.items():
        told = ", ".join(f"{name} {shown(BY_NAME['correct'], e)} (n {e.n})" for name, e in table.items())
        lines.append(f"{language}: {told}")
        for (spoken, name), (hallucination, refusal) in published.items():
            if spoken == language:
                lines.append(f"    {name}, published: hallucination {hallucination:.2f}, refusal {refusal:.2f}")
    return lines
