"""``python eval/draft.py --corpus DIR --out FILE``: draft cases for a new corpus, written by the model.

Takes sentences that state a figure or a name, evenly over the documents, and asks the model for the question
that each answers, in French and English by turns. The sentence stays the gold, with its exact place; the
figures and names that the question does not give away are proposed as facts. A draft is a suggestion: a person
checks every one (see ``eval.drafts``).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":  # as a script, eval/ itself is on the path and its parent is not
    sys.path[0] = str(ROOT)

from eval.drafts import append, draft  # noqa: E402
from eval.matching import contains, plain  # noqa: E402
from rag.errors import RagError  # noqa: E402
from rag.language import NAMES, detect  # noqa: E402
from rag.types import LANGUAGES, Language, Sentence  # noqa: E402

if TYPE_CHECKING:
    from rag.models.llm import Llm, Message

_WORDS = range(8, 45)  #: of a sentence that can carry a question
_EXAMPLES: tuple[tuple[str, dict[Language, str]], ...] = (
    (
        "The new library of Valmont opened on 3 May 2021 with 12,000 books.",
        {"en": "When did the new library of Valmont open?", "fr": "Quand la nouvelle bibliothèque a-t-elle ouvert ?"},
    ),
    (
        "La boulangerie de Mme Weiss emploie six personnes depuis l’automne.",
        {"en": "How many people does Mrs Weiss's bakery employ?", "fr": "Combien de personnes emploie la boulangerie ?"},
    ),
)


def candidates(sentences: Sequence[Sequence[Sentence]], limit: int) -> list[Sentence]:
    """At most ``limit`` sentences that state something, in turn from each document's own, evenly spaced."""
    pools = [[one for one in document if _states_something(one)] for document in sentences]
    share = -(-limit // max(1, len(pools)))
    even = [[pool[i * len(pool) // share] for i in range(min(share, len(pool)))] for pool in pools]
    rounds = [pool[i] for i in range(share) for pool in even if i < len(pool)]
    return list(dict.fromkeys(rounds))[:limit]


def question_for(sentence: Sentence, language: Language, llm: Llm) -> str | None:
    """The model's question for a sentence, or None when it is not one in that language."""
    messages: list[Message] = [
        ("system", f"Write one short question in {NAMES['en'][language]} that the sentence answers. Only the question.")
    ]
    for text, questions in _EXAMPLES:
        messages += [("user", text), ("assistant", questions[language])]
    messages.append(("user", sentence.text))
    text = llm.complete(messages, max_tokens=60, stop=("\n",)).text.strip().strip('"«» ')
    asks = text.endswith("?") and len(text.split()) > 2 and detect(text) == language
    return text if asks else None


def facts_of(sentence: Sentence, question: str) -> list[list[str]]:
    """The figures and names of the sentence that the question does not already give away."""
    from rag.text.figures import figures
    from rag.text.names import names

    spans = [(f.start, f.end) for f in figures(sentence.text, sentence.language) if f.certain]
    spans += [(name.start, name.end) for name in names(sentence.text, sentence.language) if name.certain]
    texts = [sentence.text[start:end] for start, end in sorted(spans)]
    asked = plain(question)
    return [[text] for text in dict.fromkeys(texts) if not contains(asked, text)]


def drafts(sentences: Sequence[Sentence], llm: Llm) -> Iterator[dict[str, Any]]:
    """A draft for every sentence that the model finds a usable question for; languages by turns."""
    for turn, sentence in enumerate(sentences):
        language = LANGUAGES[turn % len(LANGUAGES)]
        question = question_for(sentence, language, llm)
        facts = facts_of(sentence, question) if question else []
        if question and facts:
            place = {"document": sentence.document_id, "start": sentence.start, "end": sentence.end}
            yield draft(
                "draft",
                question,
                language,
                why="Drafted by the model from its gold sentence.",
                gold=[{**place, "quote": sentence.text}],
                spoken=[sentence.language],
                facts=facts,
            )


def _states_something(sentence: Sentence) -> bool:
    fits = sentence.searchable and len(sentence.text.split()) in _WORDS
    return fits and bool(facts_of(sentence, ""))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python eval/draft.py", description="Draft cases for a new corpus.")
    parser.add_argument("--corpus", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, default=ROOT / "eval" / "out" / "drafts" / "drafts.jsonl", metavar="FILE")
    parser.add_argument("--limit", type=int, default=40, metavar="N", help="sentences to ask about (default 40)")
    options = parser.parse_args(arguments)
    from eval.corpus import documents
    from eval.workshop import Workshop
    from rag.ingestion.sentences import split
    from rag.settings import load_settings

    try:
        settings = load_settings(corpus=options.corpus)
        chosen = candidates([split(document) for document in documents(options.corpus).values()], options.limit)
        with Workshop(settings, ROOT / "eval" / "out", lambda words: print(f"{words} …", file=sys.stderr)) as shop:
            llm, added = shop.llm(), 0
            for done, one in enumerate(drafts(chosen, llm), start=1):
                added += append(options.out, [one])
                print(f"{done}: {one['question']}", file=sys.stderr)
    except RagError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the drafts so far are kept", file=sys.stderr)
        return 1
    print(f"{added} new drafts from {len(chosen)} sentences in {options.out}: complete each, then remove its key 'draft'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
