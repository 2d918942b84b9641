"""Questions that ask what a text, a party or a lawsuit says at large: "What does the lawsuit allege?"

Their evidence should differ in idea and come from several documents; otherwise they are questions like any other, and
every witness is heard. A question with an object of its own («Que dit Stanford des comptes vendus ?») is precise. It
is told by reading the question word by word: a verb of saying or a word like "accusations", and beside it nothing but
texts, parties and names. What is not recognised is taken for precise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rag.text.terms import fold
from rag.types import Language

_Words = Sequence[str]

LONGEST_SPEAKER = 8  # words

#: What opens such a question, folded.
_ASKS: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(r"(?:que|qu|(?:de|sur) quoi)(?: est ce (?:que|qu|qui))? "),
    "en": re.compile(r"(?:of )?what(?: exactly| else| all)? (?:does|do|did|has|have|had|is|are|was|were)(?: being)? "),
}
_WHICH: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(r"(?:quel(?:le)?s? |(?:donne|cite|liste|enumere|rappelle|decri[st]|expose|resume)[rz]?(?: moi| nous)? )"),
    "en": re.compile(r"(?:what |which |(?:list|describe|outline|give|tell|name|summari[sz]e|sum up)(?: me| us)? )"),
}
_SUMMARY: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        r"(?:resume[rz]? |(?:fai[st]|faites|donne[rz]?)(?: moi| nous)? une? (?:\w+ )?(?:resume|synthese) (?:de |du ))"
    ),
    "en": re.compile(r"(?:summari[sz]e |sum up |(?:give|write)(?: me| us)? an? (?:\w+ )?(?:summary|overview|outline) of )"),
}
_OPENERS = re.compile(r"(?:et|mais|alors|donc|bref|and|so|but|then|please|en bref|in short) ")

_SAY: dict[Language, frozenset[str]] = {
    "fr": frozenset(
        "dit disent disait disaient affirme affirment affirmait allegue alleguent soutient soutiennent soutenu pretend "
        "pretendent pretendu avance avancent denonce denoncent declare declarent explique expliquent raconte racontent "
        "revele revelent conclut concluent conclu reproche reprochent reprochait montre montrent demontre demontrent "
        "contient contiennent accuse accusent accusait accusee accuses accusees parle parlent traite traitent porte "
        "portent".split()
    ),
    "en": frozenset(
        "say says said saying claim claims claimed claiming allege alleges alleged alleging argue argues argued arguing "
        "assert asserted state stated contend contended maintain maintained reported reveal revealed find found show shown "
        "conclude concluded tell told contain denounce denounced accuse accused accusing blame blamed blaming charge charged "
        "criticise criticised criticize criticized reproach reproached about".split()
    ),
}
_SAYINGS: dict[Language, frozenset[str]] = {
    "fr": frozenset(
        "accusation accusations allegation allegations reproche reproches grief griefs critiques arguments charges".split()
    ),
    "en": frozenset(
        "allegation allegations accusation accusations claims charges complaints grievances criticisms arguments".split()
    ),
}
#: Texts and suits, which may be summed up.
_TEXTS: dict[Language, frozenset[str]] = {
    "fr": frozenset(
        "plainte plaintes proces poursuite poursuites action actions affaire assignation requete enquete enquetes rapport "
        "rapports article articles document documents texte textes podcast communique tribune reportage".split()
    ),
    "en": frozenset(
        "lawsuit lawsuits suit suits complaint complaints case filing filings action investigation investigations report "
        "reports article articles document documents text texts podcast release story paper".split()
    ),
}
#: Who says, and of whom: parties, none of them a matter.
_PARTIES: dict[Language, frozenset[str]] = {
    "fr": frozenset(
        "source sources corpus presse journal medias groupe societe societes entreprise entreprises firme firmes geant maison "
        "mere compagnie plateforme plateformes reseau reseaux social sociaux patron patrons dirigeant dirigeants pdg fondateur "
        "defendeur defendeurs accuse accuses plaignant plaignants procureur procureure procureurs general generale generaux "
        "senateur senateurs juge etat etats gouvernement ministre president americain americaine americains lui eux".split()
    ),
    "en": frozenset(
        "source sources corpus press media company companies firm firms giant giants group parent corporation platform "
        "platforms network networks social site sites app apps boss bosses executive executives leader leaders ceo founder "
        "chief defendant defendants party parties plaintiff plaintiffs tech owner prosecutor prosecutors attorney attorneys "
        "general senator senators judge state states government him her it them".split()
    ),
}
#: Words that narrow nothing.
_LIGHT: dict[Language, frozenset[str]] = {
    "fr": frozenset(
        "sont est etaient etait ont ete a t il elle on ils elles y se s moi nous principal principale principaux principales "
        "grands grandes exactement precisement juste gros bref substance concretement donc principalement ensemble tout tous "
        "toutes encontre egard sujet propos vis formule formulent fait font faits faite faites adresse adressent adressees "
        "adresses lance lancees porte portent portees portes formulees formules avancees contenues retenues pese pesent pesant "
        "visant vise visent contient soulevees le la les l un une ce cet cette ces son sa ses leur leurs notre votre".split()
    ),
    "en": frozenset(
        "is are was were be been being does do did has have made make makes levelled leveled brought bring raised raise set "
        "out contained listed face faces facing main principal key central exactly precisely overall short detail general "
        "essence us me the a an this that these those its his their all every there specific various".split()
    ),
}
_BETWEEN: dict[Language, frozenset[str]] = {
    "fr": frozenset("de du des d a au aux sur contre envers par dans selon et".split()),
    "en": frozenset("of against about on by from in to for with at over towards and concerning regarding".split()),
}
#: Words that begin a clause: what is said is narrower than its speaker.
_CLAUSE = frozenset(
    "que qui dont ou quand comment pourquoi si avoir etre that which who whom whose when where how why if because while".split()
)


def asks_at_large(question: str, language: Language) -> bool:
    """Whether the question asks for whatever somebody, or a text, says: not for one matter of it."""
    words = _words(question, language)
    folded = " ".join(map(fold, words))
    while opener := _OPENERS.match(folded):
        words, folded = words[opener[0].count(" ") :], folded[opener.end() :]

    def rest(lead: re.Pattern[str]) -> _Words:
        found = lead.match(folded + " ")
        return words[found[0].count(" ") :] if found else ()

    wide = _wide_of(language, shouted=question.isupper())
    summed = rest(_SUMMARY[language])
    return (
        _says(rest(_ASKS[language]), language, wide)
        or _lists(rest(_WHICH[language]), language, wide)
        or (wide(summed) and not _TEXTS[language].isdisjoint(map(fold, summed)))
    )


def _says(words: _Words, language: Language, wide: Callable[[_Words], bool]) -> bool:
    """A verb of saying with its speaker before or, in French, after it, and nothing of a matter beside."""
    for place, word in enumerate(words):
        if fold(word) not in _SAY[language]:
            continue
        speaker, told = words[:place], words[place + 1 :]
        if language == "fr" and _LIGHT["fr"].issuperset(map(fold, speaker)):  # «Que reproche la plainte à Meta ?»
            end = next((n for n, each in enumerate(told) if fold(each) in _BETWEEN["fr"]), len(told))
            speaker, told = told[:end], told[end:]
        named = len(speaker) <= LONGEST_SPEAKER and _CLAUSE.isdisjoint(map(fold, speaker))
        if named and (speaker or told or fold(word) == "alleged") and wide(told):
            return True
    return False


def _lists(words: _Words, language: Language, wide: Callable[[_Words], bool]) -> bool:
    """A word like "accusations", and nothing of a matter beside it."""
    return any(fold(word) in _SAYINGS[language] and wide([*words[:n], *words[n + 1 :]]) for n, word in enumerate(words))


def _wide_of(language: Language, *, shouted: bool) -> Callable[[_Words], bool]:
    """A function that tells whether words name nothing but texts, parties and names."""
    known = _TEXTS[language] | _PARTIES[language] | _SAYINGS[language]

    def name(word: str, chunk: _Words) -> bool:
        if word[0].isupper() and not shouted:
            return True
        # in French an article stands before a thing and not before a name: «de meta», but «de la vie privée»
        return language == "fr" and word == chunk[0] and not word.lower().endswith(("s", "x"))

    def wide(words: _Words) -> bool:
        return all(
            fold(word) in known or fold(word) in _LIGHT[language] or name(word, chunk)
            for chunk in _chunks(words, language)
            for word in chunk
        )

    return wide


def _chunks(words: _Words, language: Language) -> Iterator[list[str]]:
    """The words between prepositions."""
    chunk: list[str] = []
    for word in words:
        if fold(word) in _BETWEEN[language]:
            yield chunk
            chunk = []
        else:
            chunk.append(word)
    yield chunk


def _words(question: str, language: Language) -> list[str]:
    """The words as written, elisions, possessives and pronouns after the verb taken apart."""
    text = question.replace("’", "'")
    if language == "fr":
        text = re.sub(r"-(?:t-)?(?=(?:il|elle|on|ils|elles|ce)\b)", " ", text, flags=re.IGNORECASE)
    else:
        text = re.sub(r"(?<=what)'s\b", " is", text, flags=re.IGNORECASE)
        text = re.sub(r"(?<=\w)'s?\b|(?<=s)'", "", text, flags=re.IGNORECASE)
    return re.findall(r"[^\W_]+(?:[-.&][^\W_]+)*", text)
