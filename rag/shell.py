"""What every shell shares: a quiet, offline process, and failures told in one line.

Exit codes: 0 done, 1 a RagError (what happened and what to do, on standard error), 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

from rag.errors import RagError

_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",  # a dashboard we do not show, worked out after every event
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
}
_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


def prepare(*, offline: bool = True) -> None:
    """Silence telemetry and, unless models are to be fetched, the network. Call before heavy imports."""
    for name, value in (_QUIET | _OFFLINE if offline else _QUIET).items():
        os.environ.setdefault(name, value)


def run(action: Callable[[], int], *, debug: bool = False) -> int:
    """The exit code of ``action``; a RagError becomes one line, with a traceback only where ``debug``."""
    try:
        return action()
    except RagError as error:
        if debug:
            traceback.print_exc()
        sys.stderr.write(f"temoin: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("temoin: stopped\n")
        return 130
    except BrokenPipeError:
        return 0
