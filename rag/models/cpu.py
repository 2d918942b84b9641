"""What the processor offers: how many cores are worth a thread, and whether it computes in bfloat16."""

from __future__ import annotations

import math
import os
from pathlib import Path

_TOPOLOGY = Path("/sys/devices/system/cpu")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_CPUINFO = Path("/proc/cpuinfo")


def physical_cores() -> int:
    """Cores this process may use, hyper-threads counted once, a container's quota heeded.

    More threads than that only make a model slower.
    """
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    cores = {_siblings(cpu) for cpu in usable}
    return max(1, min(len(cores), _quota()))


def has_bfloat16() -> bool:
    """Whether matrix products in bfloat16 have instructions of their own (AVX-512 BF16 or AMX, on Linux)."""
    try:
        flags = next(line for line in _CPUINFO.read_text().splitlines() if line.startswith("flags")).split()
    except (OSError, StopIteration):
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _siblings(cpu: int) -> str:
    """The hyper-threads that share a core with ``cpu``; itself where nothing says so."""
    try:
        return (_TOPOLOGY / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text().strip()
    except OSError:
        return str(cpu)


def _quota() -> int:
    """Cores that the control group allows, rounded up."""
    try:
        quota, period = _QUOTA.read_text().split()
        return math.ceil(int(quota) / int(period))
    except (OSError, ValueError):  # no control group, or "max"
        return 1 << 16
