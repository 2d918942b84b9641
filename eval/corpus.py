"""The documents under evaluation, read as ingestion reads them, without models or an index."""

from __future__ import annotations

from pathlib import Path

from rag.errors import CorpusError, UnreadableFile
from rag.ingestion.cards import load_cards
from rag.ingestion.readers import SUFFIXES, read
from rag.types import Document


def documents(folder: Path) -> dict[str, Document]:
    """Every readable document of ``folder`` by id. Raises CorpusError when there is none."""
    if not folder.is_dir():
        raise CorpusError(f"there is no folder {folder}; give one with --corpus")
    cards = load_cards(folder)
    found: dict[str, Document] = {}
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and path.suffix.lower() in SUFFIXES and not hidden:
            try:
                document = read(path, folder, cards)
            except UnreadableFile:
                continue  # ingestion names it; here it only means that nothing can be cited from it
            found[document.source.id] = document
    if not found:
        raise CorpusError(f"{folder} holds no document that can be read; give another with --corpus")
    return found
