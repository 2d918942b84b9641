"""Who claims it: a claim stays the claim of the one who made it.

Evidence that reports ("according to", «a déclaré», the conditional mood «auraient permis», quotation marks) must
yield a statement that reports too; where it does not, the speaker can be put back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text.glossary import translations
from rag.text.names import is_ordinary, names
from rag.text.terms import STOP_WORDS, stems, words
from rag.types import Language
from rag.verification.reporting import pattern


@dataclass(frozen=True, slots=True)
class Claim:
    """A reported claim: ``speaker`` as written, None where the sentence names nobody, and the ``cue``."""

    speaker: str | None
    cue: str


#: A quotation of four words and more reports; fewer words in quotation marks only keep a distance.
_QUOTED = re.compile(r"[«“\"]([^«»“”\"]*)(?:[»”\"]|$)|^[^«“\"]*[»”\"]")
_SHORTEST = 4  # words
_PARTICIPLE = re.compile(r"\w+(?:ant|ing)")
_PRONOUN = re.compile(
    r"(?:eux|lui|il|elle|ils|elles|on|ce|cela|qui|je|nous|he|she|it|they|who|we|i|which|that|y)\b", re.IGNORECASE
)
_ASIDE = re.compile(r"(?:dont|qui|que|où|including|who|which|whose|spécialisée?|y compris)\b", re.IGNORECASE)
_LEADS = re.compile(r"(?:le|la|les|l['’]|une?|des|son|sa|ses|leur|leurs|notre|the|an?|its|his|her|their|our)\b", re.IGNORECASE)
_TELLERS = re.compile(
    r"\b(?:procureur|plainte|enquête|rapport|étude|porte-parole|entreprise|société|firme|ministre|maire|juge|avocat|sénat|président|direct"
    r"|police|gouvernement|autorités|chercheur|expert|témoin|journal|quotidien|communiqué|état|etat|bureau|géant|groupe|association|lawsuit"
    r"|complaint|report|study|investigation|inquiry|office|company|spokes|attorney|prosecutor|minister|mayor|judge|lawyer|senator"
    r"|president|director|government|authorit|researcher|witness|newspaper|statement|state|suit|official|group|agency)",
    re.IGNORECASE,
)
_PREDICATE = re.compile(r"(?<=\w)\s+(?:does|do|did|is|are|was|were|has|have|had|ne|n['’]|est|sont|était)\b.*$")
_TRAILING = re.compile(
    r"(?:\s+(?:also|further|then|has|have|had|was|aussi|également|ensuite|\w+ly|se|s['’]|lui|leur|y|en|ne|n['’])|,|\s)+$"
)


def claim_of(text: str, language: Language) -> Claim | None:
    """The claim that ``text`` reports, or None where it speaks for itself."""
    according = pattern("according", language).search(text)
    if according:
        rest = re.match(r"[^,;:«“\"(]{2,90}", text[according.end() :])
        speaker = (
            re.sub(r"^\w+(?:e|ait|ent)\s(?=[A-ZÀ-Ý]|l[ea']|un)", "", rest[0].strip(" ."))
            if rest and not _PRONOUN.match(rest[0])
            else None
        )
        return Claim(speaker, according[0].strip())
    says = [cue for cue in pattern("says", language).finditer(text) if not _inside_quotes(text, cue.start())]
    if says:
        return Claim(_speaker(text, says[0], language), says[0][0].strip(" ,"))
    hedge = pattern("hedge", language).search(text)
    if hedge:
        return Claim(None, hedge[0].strip())
    if any(match[1] is None or len(match[1].split()) >= _SHORTEST for match in _QUOTED.finditer(text)):
        return Claim(None, "«»" if language == "fr" else "“”")
    return None


def _inside_quotes(text: str, at: int) -> bool:
    """Inside a quotation that ends before the text does: somebody else's words about somebody else."""
    opened = max(text.rfind("«", 0, at), text.rfind("“", 0, at))
    closed = max(text.rfind("»", 0, at), text.rfind("”", 0, at))
    return opened > closed and bool(re.search(r"[»”].*\w", text[at:]))


def _speaker(text: str, cue: re.Match[str], language: Language) -> str | None:
    """The subject of the cue: before it, or after it where it closes a quotation."""
    before = re.split(r"[.;:«»“”\"]\s|\bque |\bqu['’]|\bthat ", text[: cue.start()])[-1]
    candidate = _subject(before, language)
    if candidate is None:
        after = re.match(
            r"\s*([^,.;:«“\"]{2,70}?)(?=\s+(?:dans|lors|in|on|during|mardi|mercredi)\b|[,.;:«“\"]|$)", text[cue.end() :]
        )
        candidate = _subject(after[1], language) if after and re.search(r"[»”\",]\s*$", text[: cue.start()]) else None
    return candidate


def _subject(segment: str, language: Language) -> str | None:
    pieces = [piece.strip() for piece in _TRAILING.sub("", segment).split(",") if piece.strip()]
    while pieces and _ASIDE.match(pieces[-1]):
        pieces.pop()
    if not pieces:
        return None
    last = _TRAILING.sub("", _PREDICATE.sub("", pieces[-1]))
    if _PRONOUN.match(last) or len(last.split()) > 14:
        return None
    if len(pieces) > 1 and not _LEADS.match(last) and _LEADS.match(pieces[-2]) and _TELLERS.search(pieces[-2]):
        last = f"{pieces[-2]}, {last}"  # «Le procureur du Montana, Austin Knudsen»
    told = any(name.certain for name in names("· " + last, language)) or _TELLERS.search(last)
    return last if told else None


def keeps_claim(statement: str, statement_language: Language, evidence_text: str, evidence_language: Language) -> bool:
    """Whether a claim of the evidence is still told as one in the statement.

    What the evidence tells before "…, accusing" or «…, affirmant» is its own account: a statement of that part alone
    owes no speaker.
    """
    if claim_of(evidence_text, evidence_language) is None or claim_of(statement, statement_language) is not None:
        return True
    cues = pattern("says", evidence_language).finditer(evidence_text)
    cue = next((cue for cue in cues if not _inside_quotes(evidence_text, cue.start())), None)
    if cue is None or not _PARTICIPLE.fullmatch(cue[0].strip()) or len(evidence_text[: cue.start()].split()) < _SHORTEST:
        return False
    before, after = evidence_text[: cue.start()], evidence_text[cue.end() :]
    told = [word for word in words(statement) if word not in STOP_WORDS[statement_language]]
    own, claimed = (_share(told, statement_language, part, evidence_language) for part in (before, after))
    return own >= 0.5 and own > claimed + 0.25


def _share(told: list[str], language: Language, text: str, spoken: Language) -> float:
    """The share of the words that ``text`` has, in either language."""
    there = set(stems(text, spoken))
    found = sum(
        bool((translations(word, language) if language != spoken else set(stems(word, language))) & there) or word in words(text)
        for word in told
    )
    return found / len(told) if told else 0.0


def named_speaker(text: str, language: Language) -> str | None:
    """The one whose claim ``text`` reports, where a name alone says who it is: it reads the same in both languages.

    Of «Le procureur du Montana, Austin Knudsen» the name; None for «un porte-parole de Meta», who is not Meta, and for
    places, whose names are translated.
    """
    claim = claim_of(text, language)
    if claim is None or claim.speaker is None:
        return None
    last = claim.speaker.split(", ")[-1]
    found = names("· " + last, language)
    whole = len(found) == 1 and found[0].certain and found[0].kind == "name" and found[0].text == last
    return last if whole and not _LEADS.match(last) else None


def attribute(statement: str, speaker: str, language: Language) -> str:
    """The statement with its speaker put back: «Selon X, …», "According to X, …".

    ``speaker`` is in ``language`` already; an article before it becomes small.
    """
    lead = {"fr": "Selon", "en": "According to"}[language]
    article = _LEADS.match(speaker)
    name = speaker[0].lower() + speaker[1:] if article else speaker
    return f"{lead} {name}, {_small_first(statement, language)}"


def _small_first(statement: str, language: Language) -> str:
    """The first letter small, unless it begins a name, an acronym or "I"."""
    word = re.match(r"[^\W_]+", statement)
    if word is None or word[0] == "I" or (len(word[0]) > 1 and not word[0][1:].islower()):
        return statement
    begins_name = any(name.start == 0 and name.certain for name in names(statement, language))
    ordinary = is_ordinary(word[0], language) and not begins_name
    return statement[0].lower() + statement[1:] if ordinary else statement
