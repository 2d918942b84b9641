"""Requests that are not questions about the documents, told by their wording in either language.

Témoin can only ever show sentences that stand in its documents, so a request missed here still yields at most
a citation or "not found"; this room exists so that the refusal is said plainly. Questions *about* such matters
in the documents («Comment les proxénètes approchent-ils leurs victimes ?») are not declined. The words, and the
rules that join them, stand in ``declined.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from rag.text.terms import fold

#: What a sentence is cut at; commas and colons stay, because an order may follow them.
_STOPS = re.compile(r"[.?!;\n()\[\]]+|\s[-–—]\s")


def is_declined(question: str) -> bool:
    """Whether ``question`` asks for something other than information about the documents."""
    plain = _plain(question)
    always, unattributed, attributed = _rules()
    if any(rule.search(plain) for rule in always):
        return True
    return not attributed.search(plain) and any(rule.search(plain) for rule in unattributed)


def _plain(question: str) -> str:
    """Folded words, commas and colons, with ``|`` between sentences: one blank around each."""
    plain = " ".join(re.findall(r"\w+|[|,:]", _STOPS.sub("|", f"|{fold(question)}|")))
    return " " + re.sub(r"\|(?: \|)+", "|", plain) + " "


@cache
def _rules() -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...], re.Pattern[str]]:
    """The rules that always decline, those that only do where no source is named, and what names one."""
    data = tomllib.loads(files("rag.generation").joinpath("declined.toml").read_text("utf-8"))
    families = {name: _words(*words.split()) for name, words in data["families"].items()}
    always, unattributed = ([_compiled(rule, families) for rule in data["rules"][key]] for key in ("always", "unattributed"))
    return tuple(always), tuple(unattributed), _compiled("{attributed}", families)


def _compiled(rule: str, families: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("(?<= )" + "".join(_part(part, families) for part in rule.split()))


def _part(part: str, families: Mapping[str, str]) -> str:
    """The pattern of one part of a rule, in the notation of ``declined.toml``."""
    if part == "^":
        return rf"(?:(?<=\| )|(?<=: )){families['polite']}*"
    if part in ("$", "..$"):
        return r"\| $" if part == "$" else r"[^|]*\| $"
    if part.startswith(".."):
        most, _, without = part[2:].partition("-")
        word = rf"(?!{_one_of(without, families)})\w+ " if without else r"\w+ "
        return f"(?:{word}){{0,{most}}}"
    if part.startswith("!"):
        return f"(?!{_one_of(part[1:], families)})"
    return _one_of(part.rstrip("?"), families) + ("?" if part.endswith("?") else "")


def _one_of(part: str, families: Mapping[str, str]) -> str:
    return "(?:" + "|".join(families[word[1:-1]] if word.startswith("{") else _words(word) for word in part.split("/")) + ")"


def _words(*listed: str) -> str:
    """One pattern for the words of a family, each with the blank after it."""
    forms = (re.escape(word).replace(r"\*", r"\w*").replace("_", " ") for word in listed)
    return f"(?:(?:{'|'.join(forms)}) )"
