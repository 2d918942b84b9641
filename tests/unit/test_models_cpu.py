"""Cores are counted once, quotas heeded, and bfloat16 found by its flag."""

import os
from pathlib import Path

import pytest

from rag.models import cpu


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four logical processors on two cores."""
    for number, siblings in enumerate(("0,2", "1,3", "0,2", "1,3")):
        folder = tmp_path / f"cpu{number}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(siblings + "\n")
    monkeypatch.setattr(cpu, "_TOPOLOGY", tmp_path)
    monkeypatch.setattr(cpu, "_QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr(cpu, "_CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1, 2, 3}, raising=False)
    return tmp_path


def test_hyper_threads_count_once(machine: Path) -> None:
    assert cpu.physical_cores() == 2


def test_only_the_cores_we_may_use_count(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 2})
    assert cpu.physical_cores() == 1


@pytest.mark.parametrize(
    ("quota", "expected"), [("max 100000", 2), ("150000 100000", 2), ("100000 100000", 1), ("20000 100000", 1)]
)
def test_a_containers_quota_is_heeded(quota: str, expected: int, machine: Path) -> None:
    (machine / "cpu.max").write_text(quota)
    assert cpu.physical_cores() == expected


@pytest.mark.parametrize(("flags", "expected"), [("fpu avx512_bf16 sse", True), ("fpu amx_bf16", True), ("fpu avx512f", False)])
def test_bfloat16_is_found_by_its_flag(flags: str, expected: bool, machine: Path) -> None:
    (machine / "cpuinfo").write_text(f"processor : 0\nflags\t\t: {flags}\n")
    assert cpu.has_bfloat16() is expected


def test_a_machine_that_tells_nothing(machine: Path) -> None:
    assert cpu.has_bfloat16() is False
