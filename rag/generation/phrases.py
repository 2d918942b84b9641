"""The few sentences Témoin says in its own name, in both languages. Placeholders are equal in both."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Language

_PHRASES: dict[str, dict[Language, str]] = {
    "not_found": {
        "fr": "Les documents ne le disent pas.",
        "en": "The documents do not say.",
    },
    "not_found_terms": {
        "fr": "Les documents ne le disent pas : rien de ce qui s’en rapproche ne parle de {terms}.",
        "en": "The documents do not say: nothing that comes close speaks of {terms}.",
    },
    "closest": {
        "fr": "Les passages les plus proches, qui ne répondent pas :",
        "en": "The closest passages, which do not answer:",
    },
    "says_opposite": {
        "fr": "Les documents ne le disent pas : le passage qui s’en rapproche le plus dit le contraire.",
        "en": "The documents do not say so: the passage that comes closest says the opposite.",
    },
    "says_instead": {
        "fr": "Les documents ne le disent pas : un passage qui s’en rapproche dit {instead}, et non {terms}.",
        "en": "The documents do not say: a passage that comes close says {instead}, not {terms}.",
    },
    "nothing_speaks_of": {
        "fr": "Rien de ce qui s’en rapproche ne parle de {terms}.",
        "en": "Nothing that comes close speaks of {terms}.",
    },
    "declined": {
        "fr": "Je réponds seulement aux questions sur ces documents, à partir de ce qu’ils disent.",
        "en": "I only answer questions about these documents, from what they say.",
    },
    "model_unavailable": {
        "fr": "Le modèle de langue ne répond pas : voici les passages les plus proches, cités mot pour mot.",
        "en": "The language model does not answer: here are the closest passages, word for word.",
    },
    "model_lost": {
        "fr": "Le modèle de langue s’est arrêté en chemin : le reste est cité mot pour mot, au plus près de la question.",
        "en": "The language model stopped on the way: the rest is quoted word for word, as what comes closest to the question.",
    },
    "not_found_unread": {
        "fr": "Sans lui, rien ne permet de dire si les documents répondent.",
        "en": "Without it there is no telling whether the documents answer.",
    },
    "disagreement": {
        "fr": "{difference} {a} [{m}], mais {b} [{n}].",
        "en": "{difference} {a} [{m}], but {b} [{n}].",
    },
    "corroborated": {
        "fr": "La même chose que [{n}] se lit en {others}.",
        "en": "The same as [{n}] can be read in {others}.",
    },
    "in_source_language": {
        "fr": "{quote} (en {named})",
        "en": "{quote} (in {named})",
    },
    "and": {"fr": " et ", "en": " and "},
}


def phrase(key: str, language: Language, **values: object) -> str:
    """The fixed sentence ``key`` in ``language``, its placeholders filled."""
    return _PHRASES[key][language].format(**values)


def listed(terms: tuple[str, ...], language: Language) -> str:
    """«a, b et c» / "a, b and c"."""
    if len(terms) < 2:
        return "".join(terms)
    return ", ".join(terms[:-1]) + phrase("and", language) + terms[-1]


def not_found(language: Language, missing: tuple[str, ...], instead: Sequence[tuple[str, str]] = ()) -> str:
    """That nothing was found, in one line; with what no evidence speaks of, and what one passage says instead.

    ``missing``: terms of the question that no evidence meets. ``instead``: a term and what one passage, which
    must be shown, says in its place. Nothing is said of the documents at large: they may have the term elsewhere.
    """
    if not instead:
        return phrase("not_found_terms" if missing else "not_found", language, terms=listed(missing, language))
    asked, told = zip(*instead, strict=True)
    line = phrase("says_instead", language, instead=listed(told, language), terms=listed(asked, language))
    rest = tuple(term for term in missing if term not in asked)
    return f"{line} {phrase('nothing_speaks_of', language, terms=listed(rest, language))}" if rest else line
