"""The model hub, the last resort: asked only when it may be, answers quickly, and gives the pinned bytes."""

from __future__ import annotations

import shutil
from pathlib import Path

from rag.models.recipe import NotHere
from rag.models.store import OnProgress, sha256_of

PATIENCE = 4.0  #: seconds to find out that the hub cannot be reached


def download(repository: str, revision: str, name: str, sha256: str, folder: Path, on_progress: OnProgress) -> Path:
    """Fetch one file of a model repository into ``folder``. Raises NotHere when it cannot, or is not the one."""
    import httpx
    from huggingface_hub import constants, hf_hub_download, hf_hub_url
    from huggingface_hub.errors import HfHubHTTPError

    if constants.HF_HUB_OFFLINE:
        raise NotHere("the model hub is switched off (HF_HUB_OFFLINE)")
    try:
        httpx.head(hf_hub_url(repository, name, revision=revision), timeout=PATIENCE)
        on_progress(f"downloading {name}", 0, 0)
        path = Path(hf_hub_download(repository, name, revision=revision, local_dir=folder, etag_timeout=PATIENCE))
    except (httpx.HTTPError, HfHubHTTPError, OSError) as error:
        raise NotHere(f"the model hub cannot be reached ({type(error).__name__})") from error
    finally:
        shutil.rmtree(folder / ".cache", ignore_errors=True)  # the hub's own notes
    if sha256_of(path, on_progress) != sha256:
        path.unlink()
        raise NotHere(f"the model hub gave another {name} than the pinned one")
    return path
