"""What unit tests of the library share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shelf import Shelf, fill


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path)
    fill(made.corpus)
    return made
