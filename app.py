"""Shell: index what changed, then serve the page. ``python app.py --help``."""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.shell import prepare, run

if TYPE_CHECKING:
    import socket

    from rag.library import Library
    from rag.models.llm import Llm
    from rag.settings import Settings
    from rag.ui.warming import WarmingLlm


def main(argv: list[str] | None = None) -> int:
    """Serve until interrupted; 0 when stopped in order, 1 with one line when it cannot be served."""
    options = _arguments().parse_args(argv)
    prepare()
    _tell("starting")
    return run(lambda: _start(options), debug=options.debug)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="app.py", description="Serve the page where questions are asked.")
    parser.add_argument("--host", help="address to serve on (default: 127.0.0.1, or TEMOIN_HOST)")
    parser.add_argument("--port", type=int, help="port (default: 7860, or TEMOIN_PORT)")
    parser.add_argument("--corpus", type=Path, help="folder of documents (default: corpus, or TEMOIN_CORPUS)")
    parser.add_argument("--add-user", metavar="NAME", help="add a user to the file TEMOIN_USERS names, and stop")
    parser.add_argument("--debug", action="store_true", help="show tracebacks and the server's log")
    return parser


def _start(options: argparse.Namespace) -> int:
    from rag.settings import load_settings
    from rag.ui.server import claim

    settings = load_settings(host=options.host, port=options.port, corpus=options.corpus)
    if options.add_user:
        return _add_user(settings, options.add_user)
    listener = claim(settings.host, settings.port)  # a busy port is found out before anything heavy is loaded
    try:
        return _serve(settings, listener)
    finally:
        listener.close()


def _add_user(settings: Settings, name: str) -> int:
    import getpass

    from rag.errors import SettingsError
    from rag.ui.users import add_user

    if settings.users is None:
        raise SettingsError("no users file is named; set TEMOIN_USERS to the file to make")
    add_user(settings.users, name, getpass.getpass(f"Password for {name}: ") if sys.stdin.isatty() else input())
    _tell(f"{name} may log in")
    return 0


def _serve(settings: Settings, listener: socket.socket) -> int:
    from rag.generation.prompts import prime
    from rag.models.llm import open_llm
    from rag.ui.warming import WarmingLlm

    llm = WarmingLlm(lambda: open_llm(settings), patience=settings.llm_timeout, then=prime)
    try:
        library = _library(settings)
        try:
            app = _application(settings, library, llm)
            from rag.ui.server import serve

            serve(app, listener, lambda url: _tell(f"ready on {url} (stop with Ctrl-C)"))
        finally:
            library.close()
    finally:
        llm.close()
    _tell("stopped")
    return 0


def _library(settings: Settings) -> Library:
    """The library in step with its folder; the embedder is warmed meanwhile."""
    from rag.errors import OutdatedIndex
    from rag.library import Library
    from rag.progress import bar

    _tell(f"reading the documents in {settings.corpus}")
    try:
        library = Library.open(settings)
    except OutdatedIndex:
        _tell("the index is of an older version of this program; making it anew")
        library = Library.open(settings, rebuild=True)
    threading.Thread(target=lambda: library.embedder.encode_queries(["?"]), daemon=True).start()
    with bar("Indexing") as advance:
        report = library.sync(lambda step: advance(step.label, step.done, step.total))
    for path, reason in report.failed:
        _tell(f"{path} was left out: {reason}")
    _tell(f"{report.documents} documents, {report.sentences} sentences")
    return library


def _application(settings: Settings, library: Library, llm: WarmingLlm) -> Any:
    from rag.assistant import Assistant
    from rag.ui.desk import Desk
    from rag.ui.examples import load_examples
    from rag.ui.gate import Counted, Figures, Gate
    from rag.ui.page import build_page, look
    from rag.ui.server import Access, build_app
    from rag.ui.service import Service
    from rag.ui.translating import translator
    from rag.ui.users import Users

    _tell("opening the page")
    figures, gate = Figures(), Gate(settings.rate_limit)
    assistant = Assistant(settings, library, llm)
    counted = Counted(assistant, figures)
    access = Access(
        users=Users(settings.users) if settings.users else None,
        api_key=settings.api_key.get_secret_value(),
        loopback=settings.host in ("127.0.0.1", "localhost", "::1"),
        upload_mb=settings.upload_mb,
        uploads=settings.uploads == "on",
    )
    desk = Desk(
        counted,
        library,
        question_limit=settings.question_limit,
        examples=load_examples(settings.corpus),
        translate=translator(llm),
        gate=gate,
        users=access.users is not None,
        changeable=access.uploads,
        upload_mb=access.upload_mb,
    )

    service = Service(counted, library, gate)
    return build_app(build_page(desk), look(), service, figures, lambda: health(library, llm), access)


def health(library: Library, llm: Llm) -> dict[str, Any]:
    """What ``/healthz`` tells: ready with documents to ask about and a model that could answer now."""
    documents, model = len(library.sources()), llm.state
    return {"ready": model == "ready" and documents > 0, "documents": documents, "model": model}


def _tell(what: str) -> None:
    print(f"Témoin: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
