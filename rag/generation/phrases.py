"""The few sentences Témoin says in its own name, in both languages. Placeholders are equal in both."""

from __future__ import annotations

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
    "declined": {
        "fr": "Je réponds seulement aux questions sur ces documents, à partir de ce qu’ils disent.",
        "en": "I only answer questions about these documents, from what they say.",
    },
    "model_unavailable": {
        "fr": "Le modèle de langue ne répond pas : voici les passages les plus proches, cités mot pour mot.",
        "en": "The language model does not answer: here are the closest passages, word for word.",
    },
    "disagreement": {
        "fr": "Les documents divergent : {a} [{m}], mais {b} [{n}].",
        "en": "The documents disagree: {a} [{m}], but {b} [{n}].",
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
