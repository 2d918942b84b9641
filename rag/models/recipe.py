"""What a shipped model is made of: a name in the cache, the hash it must have, and two ways to make it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rag.models.store import OnProgress

#: Builds the target at a path; returns the SHA-256 of each file, by path relative to the target's folder.
Build = Callable[[Path, OnProgress], dict[str, str]]


class NotHere(Exception):
    """This way of making the model is not open on this machine; the message says why."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One model file or folder and how to get it, nearest way first."""

    name: str  #: of the file or folder in the cache
    label: str  #: for people
    stamp: str  #: identifies the exact content; the file's own SHA-256 where the target is one file
    setting: str  #: the environment variable that names another model
    from_wheels: Build  #: may raise NotHere
    from_hub: Build  #: may raise NotHere


def package_file(package: str, *parts: str) -> Path:
    """A data file inside an installed package, found without importing it. Raises NotHere."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, *parts)
        if path.is_file():
            return path
    raise NotHere(f"the package {package.replace('_', '-')} is not installed")
