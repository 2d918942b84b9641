"""What a number counts: per cent, money, lengths, ages, durations, from the words around it, French or English."""

from __future__ import annotations

import re
from decimal import Decimal

from rag.text.quantities import Number

_PERCENT = re.compile(r"\s*[- ]?(?:%|per ?cent\b|pour ?cents?\b|percentage points?|points? de pourcentage)", re.IGNORECASE)
_MONEY_AFTER = re.compile(
    r"\s*(?:de |d['’])?(\$|€|£|¥|(?:us |canadian |australian )?dollars?|euros?|pounds?|livres sterling|yens?|francs?"
    r"|roubles?|rubles?"
    r"|usd|eur|gbp|yuans?)(?:\b|(?<=\W))",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(r"(\$|€|£|¥)\s?$")
_CURRENCY = {
    "$": "USD", "dollar": "USD", "us dollar": "USD", "canadian dollar": "CAD", "australian dollar": "AUD", "usd": "USD",
    "€": "EUR", "euro": "EUR", "eur": "EUR", "£": "GBP", "pound": "GBP", "livres sterling": "GBP", "gbp": "GBP", "¥": "JPY",
    "yen": "JPY", "franc": "XFR", "rouble": "RUB", "ruble": "RUB", "yuan": "CNY",
}  # fmt: skip
_MULTIPLE = re.compile(r"[- ]?(?:fois|times|-?fold|x)\b", re.IGNORECASE)
_TIME_UNITS = (
    ("years", r"ans?|années?|years?|yrs?"),
    ("months", r"mois|months?"),
    ("weeks", r"semaines?|weeks?"),
    ("days", r"jours?|journées?|days?|nuits?|nights?"),
    ("hours", r"heures?|hours?|hrs?"),
    ("minutes", r"minutes?|mins?"),
    ("seconds", r"secondes?|seconds?"),
)
_DURATION = re.compile(
    r"[- ]?(?:\w+[- ])??(?:" + "|".join(rf"(?P<{name}>{words})" for name, words in _TIME_UNITS) + r")\b",
    re.IGNORECASE,
)
_DECADES = re.compile(r"[- ](?:decades?|décennies?)\b", re.IGNORECASE)
SPANS = re.compile(r"\b(?:(decade|décennie)|century|siècle)s?\b", re.IGNORECASE)
_CENTURIES = re.compile(r"[- ](?:centur(?:y|ies)|siècles?)\b", re.IGNORECASE)
#: Units of measure: name, words, kind and size in the kind's own unit.
_MEASURES = (
    ("km", r"km|kilomet(?:er|re)s?|kilomètres?", "length", "1000"),
    ("m", r"m|met(?:er|re)s?|mètres?", "length", "1"),
    ("cm", r"cm|centimet(?:er|re)s?|centimètres?", "length", "0.01"),
    ("mile", r"mill?es?|mi", "length", "1609.34"),
    ("foot", r"feet|foot|ft|pieds?", "length", "0.3048"),
    ("inch", r"inch(?:es)?|pouces?", "length", "0.0254"),
    ("yard", r"yards?", "length", "0.9144"),
    ("kmh", r"km/h|kmh|kilomètres?[- ]heure|kilomet(?:er|re)s (?:per|an) hour", "speed", "1"),
    ("mph", r"mph|miles (?:per|an) hour|mill?es?[- ](?:par|à l['’])\s?heure", "speed", "1.60934"),
    ("kg", r"kg|kilos?|kilogram(?:me)?s?", "mass", "1"),
    ("lb", r"lbs?", "mass", "0.4536"),
    ("tonne", r"tonnes?|tons?", "mass", "1000"),
    ("acre", r"acres?", "area", "0.4047"),
    ("hectare", r"hectares?|ha", "area", "1"),
)  # fmt: skip
SIZES = {name: (kind, Decimal(size)) for name, _, kind, size in _MEASURES}
_MEASURE = re.compile(
    r"[-\s]?(?:"
    + "|".join(rf"(?P<{name}>{words})" for name, words, _, _ in sorted(_MEASURES, key=lambda m: -len(m[1])))
    + r")(?![\w/])",
    re.IGNORECASE,
)
_AGE_AFTER = re.compile(
    r"[- ](?:years?|months?)[- ](?:old|of age)|(?:\s+ans)?\s+(?:et|and|or|ou)\s+(?:moins|plus|younger|older|under|over)\b"
    r"|\s+ans\s+(?:révolus|d['’]âge)",
    re.IGNORECASE,
)
_AGE_BEFORE = re.compile(
    r"\b(?:âgée?s?\s+d(?:e\s+|['’])|aged?\s+(?:of\s+)?|ages\s+|à l['’]âge de\s+)(?:[\w']+\s+){0,3}$",
    re.IGNORECASE,
)


def unit_of(text: str, number: Number) -> tuple[Decimal, str]:
    """The value and unit of ``number`` from what stands around it; see ``Figure.unit``."""
    value, end = number.value, number.end
    before = text[max(0, number.start - 40) : number.start]
    if number.kind in ("ordinal", "multiple", "fraction", "vague"):
        return value, number.kind
    if _PERCENT.match(text, end):
        return value, "percent"
    symbol, money = _MONEY_BEFORE.search(before), _MONEY_AFTER.match(text, end)
    if symbol or money:
        name = (symbol[1] if symbol else money[1] if money else "").lower()
        return value, "money:" + _CURRENCY.get(name, _CURRENCY.get(name.rstrip("s"), "XXX"))
    if _MULTIPLE.match(text, end):
        return value, "multiple"
    if _AGE_AFTER.match(text, end) or (_AGE_BEFORE.search(before) and value < 130):
        return value, "age"
    if _DECADES.match(text, end):
        return value * 10, "duration:years"
    if _CENTURIES.match(text, end):
        return value * 100, "duration:years"
    measure = _MEASURE.match(text, end)
    if measure and measure.lastgroup:
        return value, f"measure:{measure.lastgroup}"
    duration = _DURATION.match(text, end)
    if duration:
        return value, "duration:" + str(duration.lastgroup)
    if number.bare and 1000 <= value <= 2100 and number.end - number.start == 4:
        return value * 10000, "year"
    return value, "count"
