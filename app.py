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
    from rag.settings import Settings


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
    parser.add_argument("--debug", action="store_true", help="show tracebacks and the server's log")
    return parser


def _start(options: argparse.Namespace) -> int:
    from rag.settings import load_settings
    from rag.ui.server import claim

    settings = load_settings(host=options.host, port=options.port, corpus=options.corpus)
    listener = claim(settings.host, settings.port)  # a busy port is found out before anything heavy is loaded
    try:
        return _serve(settings, listener)
    finally:
        listener.close()


def _serve(settings: Settings, listener: socket.socket) -> int:
    from rag.models.llm import open_llm
    from rag.ui.warming import WarmingLlm

    llm = WarmingLlm(lambda: open_llm(settings), patience=settings.llm_timeout)
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
    from rag.library import Library
    from rag.progress import bar

    _tell(f"reading the documents in {settings.corpus}")
    library = Library.open(settings)
    threading.Thread(target=lambda: library.embedder.encode_queries(["?"]), daemon=True).start()
    with bar("Indexing") as advance:
        report = library.sync(lambda step: advance(step.label, step.done, step.total))
    for path, reason in report.failed:
        _tell(f"{path} was left out: {reason}")
    _tell(f"{report.documents} documents, {report.sentences} sentences")
    return library


def _application(settings: Settings, library: Library, llm: Any) -> Any:
    from rag.assistant import Assistant
    from rag.ui.desk import Desk
    from rag.ui.examples import load_examples
    from rag.ui.page import build_page, look
    from rag.ui.server import build_app

    _tell("opening the page")
    assistant = Assistant(settings, library, llm)
    desk = Desk(assistant, library, settings.question_limit, load_examples(settings.corpus), settings.uploads == "on")

    def health() -> dict[str, Any]:
        documents = len(library.sources())
        return {"ready": llm.state == "ready" and documents > 0, "documents": documents, "model": llm.state}

    return build_app(build_page(desk), look(), health, upload_mb=settings.upload_mb)


def _tell(what: str) -> None:
    print(f"Témoin: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
