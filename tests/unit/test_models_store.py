"""A stored model file is whole or absent, and what became of it since is noticed and named."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.models import store

STAMP = "model 1"


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A folder of two files, built and recorded."""
    target = tmp_path / "model"
    with store.building(target) as temporary:
        temporary.mkdir()
        (temporary / "weights").write_bytes(b"w" * 1000)
        (temporary / "config").write_bytes(b"c")
    hashes = {f"model/{name}": store.sha256_of(target / name) for name in ("weights", "config")}
    store.record(target, STAMP, hashes)
    return target


def test_what_was_recorded_is_intact(stored: Path) -> None:
    assert store.damage(stored, STAMP) is None
    assert store.recorded_hashes(stored)["model/config"] == hashlib.sha256(b"c").hexdigest()


def test_a_file_cut_in_half_is_named(stored: Path) -> None:
    os.truncate(stored / "weights", 500)
    reason = store.damage(stored, STAMP)
    assert reason is not None
    assert "model/weights has 500 bytes instead of 1000" in reason


def test_other_bytes_of_the_same_size_are_named(stored: Path) -> None:
    (stored / "weights").write_bytes(b"x" * 1000)
    reason = store.damage(stored, STAMP)
    assert reason is not None
    assert "model/weights has other bytes" in reason


def test_a_missing_file_is_named(stored: Path) -> None:
    (stored / "config").unlink()
    assert store.damage(stored, STAMP) == "lacks model/config"


def test_a_file_touched_or_copied_is_hashed_once_and_accepted(stored: Path) -> None:
    os.utime(stored / "weights", ns=(1, 1))
    read: list[str] = []
    assert store.damage(stored, STAMP, lambda label, *_: read.append(label)) is None
    assert read == ["checking weights"]
    read.clear()
    assert store.damage(stored, STAMP, lambda label, *_: read.append(label)) is None
    assert not read


def test_a_model_made_by_another_version_is_built_again(stored: Path) -> None:
    assert store.damage(stored, "model 2") == "was made from another model"


def test_a_folder_without_its_record_was_not_finished(stored: Path) -> None:
    stored.with_name("model.verified").unlink()
    assert store.damage(stored, STAMP) == "was not finished"


def test_a_damaged_record_is_no_record(stored: Path) -> None:
    stored.with_name("model.verified").write_text('{"stamp": 1, "files"', "utf-8")
    assert store.damage(stored, STAMP) == "was not finished"


def test_a_single_file_put_there_by_hand_is_taken_for_its_hash(tmp_path: Path) -> None:
    target = tmp_path / "model.gguf"
    target.write_bytes(b"GGUF and more")
    assert store.damage(target, hashlib.sha256(b"GGUF and more").hexdigest()) is None
    target.with_name("model.gguf.verified").unlink()
    assert "SHA-256" in str(store.damage(target, "0" * 64))


def test_a_build_that_fails_leaves_the_old_and_no_litter(stored: Path) -> None:
    with pytest.raises(ZeroDivisionError), store.building(stored) as temporary:
        temporary.mkdir()
        (temporary / "weights").write_bytes(b"new")
        raise ZeroDivisionError
    assert store.damage(stored, STAMP) is None
    assert sorted(path.name for path in stored.parent.iterdir()) == ["model", "model.verified"]


def test_a_cache_that_is_no_folder_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file", "utf-8")
    with pytest.raises(ModelError, match="TEMOIN_CACHE") as caught, store.locked(tmp_path / "cache"):
        pass
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("code", "told"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "Read-only file system")])
def test_a_disk_that_refuses_is_named_with_the_remedy(
    code: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(ModelError, match=told) as caught, store.building(tmp_path / "model") as temporary:
        temporary.write_bytes(b"x")
    assert "TEMOIN_CACHE" in str(caught.value)
    assert not list(tmp_path.iterdir())
