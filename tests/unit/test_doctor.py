"""What ``python -m rag doctor`` says of an installation; the language model, examined last, is not asked here."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from rag.doctor import Finding, examine
from rag.settings import Settings
from tests.shelf import fill, settings_in


def found(settings: Settings) -> dict[str, Finding]:
    """Models, corpus and index, by name."""
    return {finding.what: finding for finding in islice(examine(settings), 3)}


def test_an_index_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    fill(settings.corpus)
    index = found(settings)["index"]
    assert not index.fine
    assert str(settings.index) in index.detail
    assert "python ingest.py" in index.detail
    assert not settings.index.exists()


def test_what_is_missing_comes_with_its_remedy_and_the_rest_goes_on(tmp_path: Path) -> None:
    told = found(settings_in(tmp_path))  # an empty folder: no models in its cache, no corpus, no index
    assert list(told) == ["models", "corpus", "index"]
    assert not told["corpus"].fine
    assert str(tmp_path / "corpus") in told["corpus"].detail
