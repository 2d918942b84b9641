"""Who claims it: a claim stays the claim of the one who made it.

Evidence that reports ("according to", «a déclaré», the conditional mood «auraient permis», quotation marks) must
yield a statement that reports too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rag.text.names import is_ordinary, names
from rag.types import Language


@dataclass(frozen=True, slots=True)
class Claim:
    """A reported claim: ``speaker`` as written, None where the text names nobody, and the ``cue`` that shows it."""

    speaker: str | None
    cue: str


_ACCORDING: dict[Language, str] = {
    "fr": r"\b(?:selon|d['’]après|aux dires de|de l['’]avis de|pour)\s",
    "en": r"\b(?:according to|in the words of|as per)\s",
}
_SAYS: dict[Language, str] = {
    "fr": r"(?:déclar|affirm|annonc|assur|ajout|estim|accus|indiqu|précis|expliqu|rappel|révél|dénonc|soulign|allègu|allégu|prétend"
    r"|soutien|soutenu|admet|admis|reconn|répond|répondu|réagi|not[ée]|rapport|conclu|déterminé|démontr|montr|jug|craint|promet|promis"
    r"|confirm|réaffirm|dément|ni[ée]\b|regrett|témoign|racont|évoqu|poursui|continu[ée]|propos)",
    "en": r"(?:sa(?:y|ys|id)|tell|told|stat(?:e|es|ed|ing)|claim(?:s|ed|ing)?|alleg(?:e|es|ed|ing|edly)|accus(?:e|es|ed|ing)|argu(?:e|es|ed|ing)"
    r"|add(?:s|ed)|not(?:es|ed|ing)|insist(?:s|ed)|warn(?:s|ed)?|announc(?:e|es|ed)|declar(?:e|es|ed)|reveal(?:s|ed|ing)?|report(?:s|ed|edly)"
    r"|conclud(?:e|es|ed)|explain(?:s|ed)|emphasi[sz](?:es|ed)|express(?:es|ed)|den(?:y|ies|ied)|admit(?:s|ted)?|respond(?:s|ed)|repl(?:ies|ied)"
    r"|confirm(?:s|ed)|believ(?:e|es|ed)|suggest(?:s|ed)|show(?:s|ed|n)|found|finds|estimat(?:e|es|ed)|point(?:s|ed|ing)? (?:out|fingers)"
    r"|discovered|uncovered|testif(?:y|ies|ied)|describ(?:e|es|ed)|maintain(?:s|ed)|contend(?:s|ed)|recall(?:s|ed)|assert(?:s|ed)|sued?\b|suing)",
}
_CONDITIONAL = re.compile(
    r"\b(?:aurai(?:t|ent)|serai(?:t|ent)|\w{3,}erai(?:t|ent)|\w{3,}[iu]rai(?:t|ent)|\w{2,}[tdvp]rai(?:t|ent)|ferai(?:t|ent))\b",
    re.IGNORECASE,
)
_HEDGES = re.compile(
    r"\b(?:allegedly|reportedly|purportedly|supposedly|apparently|prétendument|soi-disant|apparemment)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"«[^»]{12,}»?|“[^”]{12,}”?|\"[^\"]{12,}\"|^[^«“\"]{12,}[»”\"]")
_TELLERS: dict[Language, str] = {
    "fr": r"(?:(?:[Ll]e|[Ll]a|[Ll]es|[Uu]ne?|[Ll]['’]|[Ss]on|[Ss]a|[Ll]eur|[Nn]otre|[Dd]es)\s?)(?:\w+[ -]){0,2}?"
    r"(?:procureure?|plainte|enquête|rapport|étude|porte-parole|entreprise|société|firme|ministre|maire|juge|avocate?|sénateurs?|sénatrice"
    r"|président\w*|direct\w+|police|gouvernement|autorités|chercheurs|expert\w*|témoins?|journal|quotidien|communiqué|État|Etat|procureurs)"
    r"(?:\s(?:général\w*|adjoint\w*)){0,2}",
    "en": r"(?:[Tt]he|[Aa]n?|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur)\s(?:\w+[ -]){0,2}?(?:lawsuit|complaint|report|study|investigation|inquiry|office|company"
    r"|spokes\w+|attorney general|prosecutors?|minister|mayor|judge|lawyers?|senators?|president|director|police|government|authorities"
    r"|researchers|experts?|witness(?:es)?|newspaper|statement|state|suit|filing)",
}


@cache
def _pattern(kind: str, language: Language) -> re.Pattern[str]:
    table = {"according": _ACCORDING, "says": _SAYS, "tellers": _TELLERS}[kind]
    body = table[language]
    return re.compile(
        rf"\b{body}\w*" if kind == "says" and language == "fr" else rf"{body}\b" if kind == "says" else body,
        re.IGNORECASE if kind != "tellers" else 0,
    )


def claim_of(text: str, language: Language) -> Claim | None:
    """The claim that ``text`` reports, or None where it speaks for itself."""
    according = _pattern("according", language).search(text)
    if according and not (according[0].lower().startswith("pour") and according.start() > 0):
        if not according[0].lower().startswith("pour"):
            return Claim(_named_after(text[according.end() :], language), according[0].strip())
    says = _pattern("says", language).search(text)
    if says:
        return Claim(_speaker(text, says, language), says[0])
    hedge = _HEDGES.search(text) or (_CONDITIONAL.search(text) if language == "fr" else None)
    if hedge:
        return Claim(None, hedge[0])
    quoted = _QUOTED.search(text)
    return Claim(None, quoted[0][0]) if quoted else None


def _named_after(rest: str, language: Language) -> str | None:
    """What «selon» is followed by, up to the comma or the verb."""
    match = re.match(r"[^,;:.«“\"(]{2,80}", rest)
    return match[0].strip() if match else None


def _speaker(text: str, says: re.Match[str], language: Language) -> str | None:
    """The nearest name or teller before the verb; after it where the verb closes a quotation."""
    before = text[: says.start()]
    inverted = bool(re.search(r"[»”\"],?\s+(?:a(?:vait)?\s+)?$", before))
    side, offset = (text[says.end() : says.end() + 90], says.end()) if inverted else (before, 0)
    spans = [(name.start + offset, name.end + offset) for name in names(side, language)]
    spans += [(m.start() + offset, m.end() + offset) for m in _pattern("tellers", language).finditer(side)]
    if not spans:
        return None
    first = min(spans) if inverted or not offset else max(spans)
    joined = [span for span in spans if abs(span[0] - first[1]) <= 2 or span == first]
    return text[min(joined)[0] : max(end for _, end in joined)].strip() or None


def keeps_claim(statement: str, statement_language: Language, evidence_text: str, evidence_language: Language) -> bool:
    """Whether a claim of the evidence is still told as one in the statement."""
    claim = claim_of(evidence_text, evidence_language)
    return claim is None or claim_of(statement, statement_language) is not None


def attribute(statement: str, speaker: str, language: Language) -> str:
    """The statement with its speaker put back: «Selon X, …», "According to X, …"."""
    lead = {"fr": "Selon", "en": "According to"}[language]
    name = (
        speaker[0].lower() + speaker[1:]
        if re.match(r"(?:Le|La|Les|L['’]|Un|Une|The|An?|Its|His|Her|Their)\b", speaker)
        else speaker
    )
    if language == "fr":
        name = re.sub(r"^le (?=[A-Z])", "le ", name)
    return f"{lead} {name}, {_small_first(statement, language)}"


def _small_first(statement: str, language: Language) -> str:
    """The first letter small, unless it begins a name, an acronym or "I"."""
    word = re.match(r"[^\W_]+", statement)
    if word is None or word[0] == "I" or (len(word[0]) > 1 and not word[0][1:].islower()):
        return statement
    return statement[0].lower() + statement[1:] if is_ordinary(word[0], language) else statement
