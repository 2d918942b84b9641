"""What tests of the real language model share: time for a busy machine, and prompts."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rag.settings import Settings, load_settings

SHORT = (("user", "Say hello."),)
ENDLESS = "root ::= [a-z] root"  # a reply that only its limit ends


def patient(**changes: Any) -> Settings:
    """The settings of the machine, with time for a busy one."""
    return load_settings(llm_timeout=240.0, **changes)


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.2)
    return False
