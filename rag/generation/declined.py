"""Requests that are not questions about the documents, told by their wording in either language.

Témoin can only ever show sentences that stand in its documents, so a request missed here still yields at most
a citation or "not found"; this room exists so that the refusal is said plainly. Questions *about* such matters
in the documents («Comment les proxénètes approchent-ils leurs victimes ?») are not declined.
"""

from __future__ import annotations

import re

from rag.text.terms import fold


def _any(words: str) -> str:
    """One pattern for a list of words: ``*`` stands for any ending, ``_`` for a space."""
    parts = (re.escape(word).replace(r"\*", r"\w*").replace("_", " ") for word in words.split())
    return rf"\b(?:{'|'.join(parts)})\b"


_OVERRIDE = _any("ignor* oubli* disregard forget bypass override contourne* passe_outre fais_abstraction faites_abstraction")
_RULES = _any(
    "instruction* consigne* regle regles rule rules guideline* document documents source sources prompt "
    "restriction* filtre* "
    "filter* garde_fou garde_fous safeguard* above precede* previous"
)
_REVEAL = _any(
    "reveal* show print repeat display output tell give what_is what_are montre* affiche* repete* revele* "
    "donne* recopie* "
    "quel_est quelle_est quels_sont quelles_sont cite*"
)
_PROMPT = _any(
    "system_prompt hidden_prompt initial_prompt your_prompt your_own_prompt your_instructions your_rules "
    "your_guidelines "
    "prompt_systeme prompt_initial tes_consignes tes_instructions tes_regles vos_consignes "
    "vos_instructions vos_regles "
    "ton_prompt votre_prompt consignes_qui_t consignes_qui_vous instructions_qui_t instructions_you "
    "instructions_given_to_you"
)
_ROLE = _any(
    "please_pretend and_pretend now_pretend act_as act_like role_play roleplay you_are_now "
    "you_are_no_longer from_now_on_you "
    "imagine_you_are imagine_that_you_are fais_comme_si faites_comme_si fais_semblant faites_semblant joue_le_role "
    "jouez_le_role jouer_le_role joue_un_role tu_es_maintenant tu_es_desormais vous_etes_maintenant "
    "vous_etes_desormais "
    "imagine_que_tu jeu_de_role comporte_toi_comme dans_la_peau_d"
)
_WRITE = _any(
    "write compose generate create draw invent make_up tell_me ecri* redige* compose* genere* invente* "
    "imagine* raconte* "
    "dessine* cree*"
)
_FICTION = _any(
    "poem poems story stories song songs joke jokes novel fiction script essay limerick haiku tweet "
    "slogan poeme poemes histoire "
    "histoires conte chanson blague blagues roman scenario recit dissertation"
)
_SEXUAL = _any("erotic* erotique* sexual* sexuel* porn* pedoporn* nude* dirty")
_HOW_TO = _any(
    "how_to how_can_i how_could_i how_do_i how_would_i how_might_i how_should_i how_can_we how_can_one "
    "how_can_you how_do_you "
    "how_would_you help_me teach_me i_want_to where_can_i where_could_i where_do_i how_someone_could "
    "how_someone_can how_somebody_could how_anyone_could steps_to comment_puis_je comment_pourrais_je "
    "comment_je_peux comment_on_peut comment_peut_on comment_faire comment_s_y_prendre aide_moi aidez_moi "
    "apprends_moi "
    "apprenez_moi je_veux je_voudrais ou_puis_je ou_trouver ou_acheter ou_telecharger"
)
_HOW_INFINITIVE = r"\b(?:comment \w+(?:er|ir))\b"  # «comment contacter», but not «comment les … contactent»
_HARM = _any(
    "harm hurt groom* lure seduce abuse exploit* traffic* molest* contact* approach* buy sell trade "
    "download find get access recruit* trick "
    "trouver attirer approcher seduire manipuler abuser acheter vendre telecharger echanger obtenir pieger contacter"
)
_MINOR = _any(
    "child* kid kids minor minors teen* underage girl girls boy boys csam enfant enfants mineur mineurs "
    "mineure mineures ado ados "
    "adolescent* fillette* petite_fille petites_filles pedoporn*"
)
_THIRD_PERSON = re.compile(_any("according_to selon d_apres"))

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_OVERRIDE}.{{0,60}}{_RULES}",
        rf"{_REVEAL}.{{0,40}}{_PROMPT}",
        _ROLE,
        r"^pretend\b",
        rf"{_WRITE}.{{0,60}}{_FICTION}",
        rf"{_WRITE}.{{0,60}}{_SEXUAL}",
    )
)
_HOW = rf"(?:{_HOW_TO}|{_HOW_INFINITIVE})"
_HARMING = re.compile(rf"{_HOW}.{{0,60}}{_HARM}.{{0,60}}{_MINOR}|{_HOW_INFINITIVE}.{{0,60}}{_MINOR}|{_HOW_TO}.{{0,40}}{_SEXUAL}")


def is_declined(question: str) -> bool:
    """Whether ``question`` asks for something other than information about the documents."""
    plain = re.sub(r"[^\w]+", " ", fold(question)).strip()
    if any(pattern.search(plain) for pattern in _PATTERNS):
        return True
    return bool(_HARMING.search(plain)) and not _THIRD_PERSON.search(plain)
