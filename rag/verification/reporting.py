"""The words that report a claim, French and English, as one compiled pattern a language and kind.

A cue is a finite form or a participle with its auxiliary: «a déclaré», «affirmant», "alleges", "stated that"; nouns
that look alike («l'annonce», "the United States") are not.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from rag.types import Language

Kind = Literal["according", "says", "hedge"]

#: Stems of French verbs in -er (with their spelling variants), then other finite forms and participles.
_ER = (
    "déclar|affirm|annonc|annonç|assur|ajout|estim|accus|indiqu|précis|expliqu|rappel|rappell|révél|révèl|dénonc"
    "|dénonç|soulign|allégu"
    "|allègu|rapport|confirm|réaffirm|regrett|témoign|racont|considér|considèr|juge|jug|not|avanc|avanç|répliqu"
    "|rétorqu|martel|plaid"
    "|insist|démontr|montr|pens|reproch|clam|détaill|détermin|observ|constat|suggèr|suggér|calcul|nie|ni|exprim"
)
_NOUNS = "annonce|juge|juges|note|avance|estime|montre|rapporte|observe|pense|rappel|calcule|accuse"
_FR_FINITE = (
    "dit|disent|disait|disaient|soutient|soutiennent|soutenait|prétend|prétendent|prétendait|admet|admettent"
    "|admettait|reconnaît|reconnait"
    "|reconnaissent|répond|répondent|répondait|conclut|concluent|écrit|écrivent|craint|craignent|dément|démentent"
    "|promet|promettent"
    "|disant|soutenant|prétendant|admettant|reconnaissant|répondant|concluant|font valoir|fait valoir|fait savoir"
    "|découvre-t-on|apprend-on"
)
_FR_PAST = "dit|soutenu|prétendu|admis|reconnu|répondu|réagi|conclu|écrit|démenti|promis|fait valoir|fait savoir|continué|appris"
_AUXILIARY = r"(?:a|ont|avait|avaient|aurait|auraient|ayant|avoir|été|a-t-(?:il|elle|on)|ont-(?:ils|elles))\s+(?:\w+\s+){0,2}?"
_SAYS_FR = (
    rf"\b{_AUXILIARY}(?:(?:{_ER})ée?s?|{_FR_PAST})\b"
    rf"|(?<!\bl['’])(?<!\bune )(?<!\bcette )(?<!\bun )(?<!\ble )(?<!\bdes )(?<!\bles )(?<!\bd['’])(?<!\bla )"
    rf"(?<!\bse )(?<!\bs['’])\b(?!(?:{_NOUNS})\b(?! qu))(?:(?:{_ER})(?:e|ent|èrent)|{_FR_FINITE})\b"
    rf"|\b(?:{_ER})(?:ait|aient|ant)\b|\bs['’]accord\w+ à dire\b"
)
_HEDGE_FR = (
    r"\b(?:accusée?s? (?:de |d['’])|soupçonnée?s? (?:de |d['’])|présumée?s?|prétendument|soi-disant"
    r"|il semble(?:rait)? que"
    r"|aurai(?:t|ent)"
    r"|serai(?:t|ent)|(?!pourrai|devrai|faudrai|voudrai|ferai|aimerai|suffirai)\w{3,}[eiuv]rai(?:t|ent))\b"
)
_PLAIN_EN = (
    "says?|said|tells?|told|alleg(?:es?|ed|ing)|accus(?:es?|ed|ing)|argu(?:es?|ed|ing)|insist(?:s|ed|ing)?"
    "|warn(?:s|ed|ing)|announc(?:es|ed|ing)"
    "|declar(?:es|ed|ing)|reveal(?:s|ed|ing)|conclud(?:es|ed|ing)|explain(?:s|ed|ing)|emphasi[sz](?:es|ed|ing)"
    "|express(?:es|ed|ing)"
    "|den(?:ies|ied)|admit(?:s|ted|ting)|respond(?:s|ed)|repl(?:ies|ied)|confirm(?:s|ed)|believ(?:es|ed)"
    "|testif(?:y|ies|ied)|contend(?:s|ed|ing)"
    "|assert(?:s|ed|ing)|maintain(?:s|ed)|complain(?:s|ed)|pointed out|points out|points fingers|stated|stating"
    "|acknowledg(?:es|ed)|vow(?:s|ed)"
    "|agree(?:s|d)?(?= that\\b| on\\b)|detail(?:s|ed|ing)|reminded|recalls"
    "|stress(?:es|ed|ing)"
    "|boast(?:s|ed)|quipped|recalled|lamented|joked|conceded|predicted"
)
#: Words that report only before a subordinate clause or a quotation.
_THAT_EN = (
    "states?|claim(?:s|ed|ing)?|adds|added|not(?:es?|ed|ing)|reports?|reported|reporting|suggest(?:s|ed|ing)?"
    "|show(?:s|ed|n)?|found|finds|estimat(?:es?|ed)"
    "|discovered|uncovered|demonstrat(?:es?|ed)|determin(?:es|ed)|writes|wrote|observ(?:es|ed)|describ(?:es|ed)"
    "|remind(?:s|ed)|remark(?:s|ed)"
    "|caution(?:s|ed)|promis(?:es|ed)|indicat(?:es?|ed)|learn(?:s|ed)|thinks?|thought|feels?|fears?|revealed|considers?"
)
_SAYS_EN = (
    rf"(?<!the )(?<!its )(?<!their )(?<!these )\b(?:{_PLAIN_EN})\b"
    rf"|\b(?:{_THAT_EN})(?=,? (?:that\b|how\b|[“\"])|: [“\"])|(?<=[”\"] )\w+ (?:added|wrote|noted|claimed)\b"
    rf"|\bclaiming\b"
)
_HEDGE_EN = r"\b(?:allegedly|reportedly|purportedly|supposedly|alleged|accused of|suspected of|would have)\b"
_TABLE: dict[tuple[Kind, Language], str] = {
    ("according", "fr"): r"\b(?:selon|d['’]après|aux dires de|de l['’]avis de|aux yeux de)\s+(?!lesquel)|\bcomme (?:le"
        r"|l['’])\s?(?=\w+(?:e|ait|ent)\b)",
    ("according", "en"): r"\b(?:according to|in the words of|in the view of|in the eyes of)\s+",
    ("says", "fr"): _SAYS_FR,
    ("says", "en"): _SAYS_EN,
    ("hedge", "fr"): _HEDGE_FR,
    ("hedge", "en"): _HEDGE_EN,
}  # fmt: skip


@cache
def pattern(kind: Kind, language: Language) -> re.Pattern[str]:
    """The compiled pattern of the cues of one kind."""
    return re.compile(_TABLE[kind, language], re.IGNORECASE)
