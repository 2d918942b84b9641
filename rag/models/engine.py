"""The embedded model server, as a process of its own: llama.cpp's server on loopback.

A process, because loading holds Python's global lock for seconds (the page would freeze) and a fault in the
native code must not take the page down. It is run by path, not as part of the package, so that it imports
nothing but the engine. Standard input: one line of JSON (``model``, ``adapter``, ``key``, ``context``, ``slots``,
``threads``, ``cache_mib``); standard output: one line, the address it listens on, or ``error: …``. It ends
when standard input closes, so it never outlives its parent, however that one ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from typing import Any

#: How far the model steps back for the page, the search and the checks; alone on the machine it loses nothing.
NICE = 5


def parameters(wanted: dict[str, Any]) -> Any:
    """llama.cpp's settings: closed to the network, quiet, the same answer to the same prompt."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = wanted["model"]
    if wanted["adapter"]:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(wanted["adapter"], 0.0)]  # 0: a request asks for it, or not
        params.lora_init_without_apply = True
    params.model_alias = {"temoin"}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [wanted["key"]]
    params.cors_origins = ""
    params.ui = False
    params.endpoint_slots = False
    params.offline = True
    params.verbosity = -1
    params.n_parallel = wanted["slots"]
    params.n_ctx = wanted["context"] * wanted["slots"]
    params.cache_prompt = True
    params.cache_ram_mib = wanted["cache_mib"]
    params.cpuparams.n_threads = wanted["threads"]
    params.cpuparams_batch.n_threads = wanted["threads"]
    params.fit_params = False
    params.warmup = True
    params.sampling.seed = 1
    params.sampling.temp = 0.0
    return params


def main() -> None:
    """Serve until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    # What the engine prints must not be taken for the address: keep the real standard output for us.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    if hasattr(os, "nice"):  # what waits for an answer is patient, what waits for the page is not
        os.nice(NICE)
    import xllamacpp

    try:
        server = xllamacpp.Server(parameters(json.loads(sys.stdin.readline())))
    except Exception as error:
        print(f"error: {error}", file=out, flush=True)
        os._exit(1)
    print(server.listening_address, file=out, flush=True)
    with contextlib.suppress(OSError):
        while sys.stdin.readline():
            pass
    os._exit(0)  # the engine's own shutdown can wait for ever


if __name__ == "__main__":
    main()
