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
    "imagine* raconte_moi raconte_nous raconte_une racontez_moi racontez_nous racontez_une "
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
    "harm hurt groom* lure luring seduc* abuse exploit* traffic* molest* contact* approach* buy sell trade "
    "download find get access recruit* trick "
    "trouver attirer approcher seduire manipuler abuser acheter vendre telecharger echanger obtenir pieger contacter"
)
_MINOR = _any(
    "child* kid kids minor minors teen* underage girl girls boy boys csam enfant enfants mineur mineurs "
    "mineure mineures ado ados "
    "adolescent* fillette* petite_fille petites_filles pedoporn*"
)
_SELF = _any("you your yours yourself tu toi ton ta tes te t_ont t_a vous votre vos")  # the assistant itself is meant
_SETUP = _any(
    "system_message system_messages system_instructions configuration configured programmed programming initial_message "
    "initial_instructions hidden_instructions secret_instructions parametrage parametres programme configure "
    "message_systeme message_initial instructions_systeme instructions_initiales instructions_cachees instructions_secretes "
    "prompt prompts consignes_initiales consignes_cachees directives"
)
_GIVEN = _any("were_you you_given you_were_given t_a_t_on on_t_a vous_a_t_on on_vous_a t_a_ete t_ont_ete")
_BRIEF = _any("instructions consigne consignes directives rules regles")
_ABOVE = _any(
    "text_above everything_above words_above message_above lines_above texte_ci_dessus tout_ce_qui_precede texte_precedent"
)
_AS_ANOTHER = _any(
    "as_if_you_were as_though_you_were speak_as speak_like talk_like talk_as write_like write_as answer_as answer_like reply_as "
    "reply_like respond_as respond_like in_the_voice_of in_the_style_of in_the_role_of take_on_the_role play_the_role "
    "play_the_part stay_in_character in_character be_my let_s_play simulate_being impersonate comme_si_tu comme_si_vous "
    "comme_un_pirate parle_comme parlez_comme reponds_comme repondez_comme ecris_comme ecrivez_comme a_la_maniere_de "
    "a_la_facon_de dans_le_style_de mets_toi_dans mettez_vous_dans mets_toi_a_la_place incarne incarnez joue_le_personnage "
    "jouons_a jeu_de_roles fais_le_role tu_joues vous_jouez en_tant_que_pirate"
)
_OWN_WORDS = _any(
    "your_own_knowledge your_own_opinion your_opinion your_personal_opinion what_you_think what_do_you_think "
    "what_is_your_view your_general_knowledge without_the_documents without_using_the_documents without_looking_at_the_documents "
    "not_from_the_documents outside_the_documents tes_propres_connaissances vos_propres_connaissances tes_connaissances "
    "vos_connaissances ton_avis votre_avis ton_opinion votre_opinion que_penses_tu que_pensez_vous qu_en_penses_tu "
    "qu_en_pensez_vous sans_les_documents sans_regarder_les_documents sans_utiliser_les_documents sans_te_servir_des_documents "
    "sans_vous_servir_des_documents en_dehors_des_documents hors_des_documents selon_toi d_apres_toi"
)
_DESCRIBE = _any("describe detail detailed graphic explicit scene decris decrivez detaille detaillee scene explicite cru crue")
_WAYS = _any(
    "best_way_to good_way_to easiest_way_to ways_to tips_for tips_on advice_on advice_for tricks_to instructions_for guide_to "
    "guide_for step_by_step tutorial meilleur_moyen_de meilleure_facon_de moyen_de facon_de facons_de astuces_pour conseils_pour "
    "methode_pour methodes_pour mode_d_emploi guide_pour etapes_pour tutoriel explain_how_to tell_me_how explique_moi_comment "
    "expliquez_moi_comment dis_moi_comment dites_moi_comment"
)
_EVADE = _any("without_being_caught without_getting_caught undetected evade escape_detection sans_se_faire sans_etre echapper_a")
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
        rf"{_SELF}.{{0,40}}{_SETUP}|{_SETUP}.{{0,40}}{_SELF}",
        rf"{_BRIEF}.{{0,20}}{_GIVEN}|{_any('ta ton tes votre vos your')} (?:\w+ )?{_any('consigne consignes systeme prompt')}",
        rf"{_REVEAL}.{{0,30}}{_ABOVE}",
        _AS_ANOTHER,
        _OWN_WORDS,
        rf"{_DESCRIBE}.{{0,40}}{_SEXUAL}.{{0,40}}{_DESCRIBE}|{_DESCRIBE}.{{0,20}}{_SEXUAL}.{{0,20}}{_any('scene scenes')}",
    )
)
_HOW = rf"(?:{_HOW_TO}|{_HOW_INFINITIVE})"
_HARMING = re.compile(
    rf"{_WAYS}.{{0,60}}{_HARM}.{{0,60}}{_MINOR}|{_HARM}.{{0,60}}{_MINOR}.{{0,60}}{_EVADE}"
    rf"|{_HOW}.{{0,60}}{_HARM}.{{0,60}}{_MINOR}|{_HOW_INFINITIVE}.{{0,60}}{_MINOR}|{_HOW_TO}.{{0,40}}{_SEXUAL}"
)


def is_declined(question: str) -> bool:
    """Whether ``question`` asks for something other than information about the documents."""
    plain = re.sub(r"[^\w]+", " ", fold(question)).strip()
    if any(pattern.search(plain) for pattern in _PATTERNS):
        return True
    return bool(_HARMING.search(plain)) and not _THIRD_PERSON.search(plain)
