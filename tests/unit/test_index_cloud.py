"""Vectors in Chroma Cloud: chosen by its key, within its quotas, patient when it is asked too often."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from chromadb.api.base_http_client import BaseHTTPClient

from rag.errors import LibraryError
from rag.index.patience import limited
from rag.index.remote import CloudVectors
from rag.index.vectors import open_vectors
from rag.settings import Settings
from tests.chroma import agrees, opened
from tests.cloud import QUOTA, Cloud
from tests.shelf import fill, prose, settings_in

KEY = "ck-secret"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    made = Cloud()
    monkeypatch.setattr("chromadb.CloudClient", made.connect)
    return made


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that would have been waited."""
    told: list[float] = []
    monkeypatch.setattr(time, "sleep", told.append)
    return told


def cloudy(folder: Path, **others: object) -> Settings:
    return settings_in(folder, chroma_cloud_api_key=KEY, **others)


def vectors_in(folder: Path) -> CloudVectors:
    vectors = open_vectors(cloudy(folder), "an index")
    assert isinstance(vectors, CloudVectors)
    return vectors


def test_a_key_chooses_the_cloud(tmp_path: Path, cloud: Cloud) -> None:
    named = {"chroma_cloud_tenant": "valmont", "chroma_cloud_database": "press"}
    vectors = open_vectors(cloudy(tmp_path, chroma_url="http://127.0.0.1:9", **named), "an index")
    assert isinstance(vectors, CloudVectors)
    assert cloud.account == {"tenant": "valmont", "database": "press", "api_key": KEY}
    assert set(cloud.collections) == {"temoin-fr", "temoin-en"}
    assert KEY not in vectors.store
    vectors_in(tmp_path)
    assert cloud.account == {"tenant": None, "database": None, "api_key": KEY}, "the key says which"


def test_no_call_holds_more_than_the_cloud_takes(tmp_path: Path, cloud: Cloud) -> None:
    vectors = vectors_in(tmp_path)
    rows = np.random.default_rng(3).normal(size=(1000, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    languages = ["fr" if number % 4 else "en" for number in range(1000)]
    vectors.upsert(range(1000), rows, languages, ["a"] * 1000)
    assert vectors.count() == 1000
    assert all(vectors.search(row, 1)[0][0] == number for number, row in enumerate(rows))
    assert len(vectors.search(rows[1], 400, "fr")) == QUOTA
    vectors.delete(range(900))
    assert vectors.count() == 100
    most = {what: max(records for each, records in cloud.calls if each == what) for what, _ in cloud.calls}
    assert most["upsert"] == most["get"] == most["query"] == QUOTA
    assert 0 < most["delete"] <= QUOTA


def test_a_library_lives_in_the_cloud(tmp_path: Path, cloud: Cloud) -> None:
    settings = cloudy(tmp_path)
    fill(settings.corpus)
    fill(settings.corpus, {"long.txt": prose(700, "long")})
    with opened(settings) as library:
        assert library.sync().sentences == 707
        agrees(library)
    assert not (settings.index / "chroma").exists()
    (settings.corpus / "long.txt").unlink()
    with opened(settings) as library:
        assert library.sync().removed == ("long.txt",)
        agrees(library)


def test_a_call_too_many_is_asked_again_later_and_later(tmp_path: Path, cloud: Cloud, waits: list[float]) -> None:
    cloud.refusals = 2
    vectors = vectors_in(tmp_path)
    assert len(waits) == 2, "also when connecting"
    waits.clear()
    cloud.refusals = 4
    vectors.upsert([1, 2], np.eye(2, dtype=np.float32), ["fr", "en"], ["a", "a"])
    assert len(waits) == 4
    assert [int(wait) >= 2**turn for turn, wait in enumerate(waits)] == [True] * 4
    assert vectors.count() == 2


def test_patience_ends_and_says_so_in_one_line(tmp_path: Path, cloud: Cloud, waits: list[float]) -> None:
    vectors = vectors_in(tmp_path)
    cloud.refusals = 1000
    with pytest.raises(LibraryError, match="try again in a few minutes") as failure:
        vectors.upsert([1], np.ones((1, 2), np.float32), ["fr"], ["a"])
    assert "\n" not in str(failure.value)
    assert 30 < sum(waits) < 90
    waits.clear()
    with pytest.raises(LibraryError, match="try again in a few minutes"):
        vectors.search(np.ones(2, np.float32), 1)
    assert sum(waits) <= 5, "a reader waits"


@pytest.mark.parametrize(
    ("status", "body", "patient"),
    [
        (429, '{"error": "RateLimitError", "message": "slow down"}', True),
        (429, '{"error": "429 Too Many Requests", "message": "slow down"}', True),
        (429, "<html>slow down</html>", True),
        (400, '{"error": "QuotaError", "message": "too many records"}', False),
        (500, '{"error": "InternalError", "message": "429"}', False),
        (503, "429", False),
    ],
)
def test_what_is_worth_asking_again(status: int, body: str, patient: bool) -> None:
    """Whatever chromadb makes of the response."""
    response = httpx.Response(status, text=body, request=httpx.Request("POST", "https://api.trychroma.com"))
    with pytest.raises(Exception) as raised:
        BaseHTTPClient._raise_chroma_error(response)
    assert limited(raised.value) == patient
    try:
        raise ValueError("could not connect to the tenant") from raised.value
    except ValueError as error:
        assert limited(error) == patient
