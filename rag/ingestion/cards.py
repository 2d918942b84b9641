"""Cards: what ``sources.toml`` says about the documents beside it.

A card holds only what somebody wrote down from the document's own text; what is unknown stays ``None``, and
readers fill it from the text where the text shows it.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from rag.errors import CorpusError
from rag.types import LANGUAGES, Language

CARDS_FILE = "sources.toml"

_KEYS = ("file", "id", "title", "author", "publisher", "date", "language", "url")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Card:
    """One document's entry in ``sources.toml``; every field may be unknown."""

    id: str | None = None
    title: str | None = None
    publisher: str | None = None  #: author, publisher, or both: "author, publisher"
    date: str | None = None  #: ISO 8601, possibly partial
    language: Language | None = None
    url: str | None = None

    @property
    def fingerprint(self) -> str:
        """A hash of the card: changes when anything on it changes. Empty for an empty card."""
        values = [getattr(self, field.name) for field in fields(self)]
        if not any(values):
            return ""
        return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


NO_CARD = Card()


def is_date(text: str) -> bool:
    """Whether ``text`` is a real date: "2023", "2023-12" or "2023-12-06"."""
    match = _PARTIAL_DATE.fullmatch(text)
    if match is None:
        return False
    try:
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True


def load_cards(corpus: Path) -> dict[str, Card]:
    """The cards of ``corpus/sources.toml`` by relative path; empty when there is no such file.

    Raises CorpusError, one line, on malformed TOML, unknown keys, wrong values, or an id or file used twice.
    """
    place = corpus / CARDS_FILE
    try:
        content = tomllib.loads(place.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise CorpusError(f"{place} cannot be read ({error}); correct it or remove it") from error
    _only_known(content, ("document",), str(place))
    entries = content.get("document", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CorpusError(f"{place}: documents are written as [[document]] tables; correct it")
    cards: dict[str, Card] = {}
    ids: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        file, card = _card(entry, f"{place}, document {number}")
        if file in cards or (card.id is not None and card.id in ids):
            raise CorpusError(f"{place}, document {number} ({file}): its file or id is used twice; remove one")
        cards[file] = card
        if card.id is not None:
            ids.add(card.id)
    return cards


def card_of(path: str, cards: Mapping[str, Card]) -> Card:
    """The card of a relative path, however its accents are composed; an empty one when there is none."""
    return cards.get(path) or cards.get(unicodedata.normalize("NFC", path)) or NO_CARD


def _card(entry: Mapping[str, Any], where: str) -> tuple[str, Card]:
    _only_known(entry, _KEYS, where)
    text = {key: _text(entry, key, where) for key in _KEYS}
    file = text["file"]
    if file is None:
        raise CorpusError(f"{where}: the key 'file' is missing; name the document's file")
    where = f"{where} ({file})"
    if text["id"] is not None and not _ID.fullmatch(text["id"]):
        raise CorpusError(f"{where}: id {text['id']!r} may hold only letters, digits, - and _; change it")
    if text["date"] is not None and not is_date(text["date"]):
        raise CorpusError(f"{where}: date {text['date']!r} is not YYYY, YYYY-MM or YYYY-MM-DD; correct it")
    language = next((known for known in LANGUAGES if known == text["language"]), None)
    if text["language"] is not None and language is None:
        raise CorpusError(f"{where}: language {text['language']!r} is not one of {', '.join(LANGUAGES)}; correct it")
    makers = [text[key] for key in ("author", "publisher") if text[key]]
    publisher = ", ".join(dict.fromkeys(maker for maker in makers if maker)) or None
    card = Card(text["id"], text["title"], publisher, text["date"], language, text["url"])
    return unicodedata.normalize("NFC", file.replace("\\", "/").removeprefix("./")), card


def _text(entry: Mapping[str, Any], key: str, where: str) -> str | None:
    value = entry.get(key)
    if value is None:
        return None
    if isinstance(value, date):  # an unquoted TOML date
        return value.isoformat()[:10]
    if not isinstance(value, str) or not value.strip():
        raise CorpusError(f"{where}: {key} must be a text in quotes, not {value!r}; correct it or leave it out")
    return value.strip()


def _only_known(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise CorpusError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(known)}")
