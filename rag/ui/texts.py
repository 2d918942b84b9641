"""Every word the page says, in both languages: ``say(language, key, **values)``.

A test checks that each entry has both languages with the same placeholders. Values are inserted as they
are; whoever puts the result into HTML escapes it there.
"""

from __future__ import annotations

from rag.types import Language

#: key: (French, English)
TEXTS: dict[str, tuple[str, str]] = {
    # the frame
    "title": ("Témoin", "Témoin"),
    "tagline": (
        "Des réponses tirées des documents, chaque phrase avec sa source.",
        "Answers from the documents, every sentence with its source.",
    ),
    "other_language": ("English", "Français"),
    "switch_language": ("Afficher la page en anglais", "Show the page in French"),
    "tab_ask": ("Questions", "Questions"),
    "tab_documents": ("Documents", "Documents"),
    "tab_history": ("Historique", "History"),
    # asking
    "question_label": ("Votre question", "Your question"),
    "question_placeholder": ("Votre question", "Your question"),
    "ask": ("Demander", "Ask"),
    "stop": ("Arrêter", "Stop"),
    "clear": ("Nouvelle conversation", "New conversation"),
    "conversation": ("Conversation", "Conversation"),
    "examples": ("Pour commencer, par exemple :", "To begin with, for example:"),
    "example_crosses": (
        "La réponse est dans l’autre langue",
        "The answer stands in the other language",
    ),
    "example_disagrees": ("Les documents se contredisent", "The documents disagree"),
    "example_absent": ("Les documents n’en disent rien", "The documents do not say"),
    "example_plain": ("Une question simple", "A plain question"),
    "you_asked": ("Vous", "You"),
    # progress
    "searching": ("Recherche dans les documents…", "Searching the documents…"),
    "reading": ("Lecture des passages trouvés…", "Reading the passages found…"),
    "checking": ("Vérification…", "Checking…"),
    "reading_count": ("{done} sur {total}", "{done} of {total}"),
    "done_in": ("{passages} en {seconds} s", "{passages} in {seconds} s"),
    "passages_one": ("1 passage lu", "1 passage read"),
    "passages_many": ("{n} passages lus", "{n} passages read"),
    "stopped": ("Arrêté à votre demande.", "Stopped as you asked."),
    "searched_as": ("Question comprise ainsi : {question}", "Question understood as: {question}"),
    # what backs a sentence
    "checked": (
        "Phrase vérifiée : chiffres, noms, dates et sens correspondent à la source citée",
        "Checked sentence: its figures, names, dates and meaning match the cited source",
    ),
    "origin_quoted": ("citation", "quotation"),
    "origin_translated": ("traduit {language}", "translated from {language}"),
    "origin_shortened": ("reformulé", "reworded"),
    "origin_repaired": ("citation", "quotation"),
    "origin_recited": ("reformulé", "reworded"),
    "origin_foreign": ("citation {language}", "quotation in {language}"),
    "from_fr": ("du français", "French"),
    "from_en": ("de l’anglais", "English"),
    "in_fr": ("en français", "French"),
    "in_en": ("en anglais", "English"),
    "translate": ("Traduire", "Translate"),
    "translation_label": (
        "Traduction automatique, non vérifiée",
        "Machine translation, not checked",
    ),
    "translation_failed": (
        "La traduction n’est pas disponible pour le moment.",
        "The translation is not available at the moment.",
    ),
    "open_source": ("Ouvrir la source {n} : {title}", "Open source {n}: {title}"),
    "not_found": (
        "Les documents ne répondent pas à cette question.",
        "The documents do not answer this question.",
    ),
    "closest": ("Les passages les plus proches", "The closest passages"),
    "closest_note": (
        "Ils parlent de sujets voisins ; ce n’est pas une réponse.",
        "They speak of related matters; this is not an answer.",
    ),
    "declined": (
        "Cette demande sort du rôle de Témoin, qui répond seulement à partir des documents.",
        "This request is outside what Témoin does: it only answers from the documents.",
    ),
    "disagreement": ("Les documents se contredisent", "The documents disagree"),
    "compare": ("Comparer côte à côte", "Compare side by side"),
    "model_unavailable": (
        "Le modèle de langue ne répond pas : sans lui, les documents sont seulement cités, mot pour mot.",
        "The language model does not answer: without it the documents are only quoted, word for word.",
    ),
    # faults
    "empty_question": ("Écrivez d’abord une question.", "Write a question first."),
    "long_question": (
        "La question est trop longue ({n} caractères, au plus {limit}). Raccourcissez-la.",
        "The question is too long ({n} characters, at most {limit}). Please shorten it.",
    ),
    "failed": ("La réponse n’a pas pu être préparée : {reason}", "The answer could not be prepared: {reason}"),
    "failed_unknown": (
        "une erreur inattendue ; le journal du serveur la décrit",
        "an unexpected error; the server’s log describes it",
    ),
    # why something failed, after a colon or in brackets
    "because_question": ("la question ne peut pas être prise ainsi ; reformulez-la", "the question cannot be taken; ask another"),
    "because_model": (
        "le modèle de langue ne répond pas ; réessayez dans un moment",
        "the language model does not answer; try again in a moment",
    ),
    "because_busy": (
        "un autre programme écrit dans l’index ; réessayez quand il aura fini",
        "another program is writing the index; try again once it is done",
    ),
    "because_library": (
        "l’index ne peut pas être utilisé ; le détail dit quoi faire",
        "the index cannot be used; the details say what to do",
    ),
    "because_corpus": (
        "le dossier des documents ne peut pas être utilisé ; vérifiez qu’il existe et ses droits",
        "the folder of documents cannot be used; check that it exists, and its rights",
    ),
    "because_other": ("une erreur est survenue ; le détail la décrit", "something went wrong; the details describe it"),
    "file_kind": (
        "ce genre de fichier n’est pas lu ; enregistrez-le en .txt, .md, .html, .pdf ou .docx",
        "not a kind of file that is read; save it as .txt, .md, .html, .pdf or .docx",
    ),
    "file_large": ("trop grand ; partagez-le en plusieurs fichiers", "too large; split it into several files"),
    "file_sum": (
        "trop grand avec les autres, {most} Mo au plus à la fois ; ajoutez-le à part",
        "too large together with the others, {most} MB at most at once; add it by itself",
    ),
    "file_empty": (
        "aucun texte ; si c’est un document numérisé, passez-y une reconnaissance de texte",
        "no text in it; if it is a scan, run text recognition on it",
    ),
    "file_locked": ("protégé par un mot de passe ; enregistrez-le sans", "protected by a password; save it without"),
    "file_damaged": ("fichier abîmé ; enregistrez-le à nouveau", "damaged; save it again"),
    "file_encoding": ("le texte n’est pas en UTF-8 ; enregistrez-le ainsi", "not text in UTF-8; save it as that"),
    "file_rights": ("il ne peut pas être ouvert ; vérifiez ses droits", "it cannot be opened; check its rights"),
    "file_other": ("il n’a pas pu être lu ; le détail dit pourquoi", "it could not be read; the details say why"),
    "detail": ("Détail technique, en anglais", "Technical details"),
    "too_many": (
        "Trop de questions en peu de temps. Réessayez dans {seconds} s.",
        "Too many questions in a short time. Try again in {seconds} s.",
    ),
    # acting on an answer
    "retry": ("Refaire", "Retry"),
    "edit": ("Modifier la question", "Edit the question"),
    "copy": ("Copier", "Copy"),
    "copy_plain": ("Texte simple", "Plain text"),
    "copy_markdown": ("Markdown", "Markdown"),
    "copy_footnotes": ("Avec notes de bas de page", "With footnotes"),
    "copied": ("Copié", "Copied"),
    "copy_failed": ("La copie n’a pas été permise", "Copying was not allowed"),
    # feedback on an answer
    "feedback": ("Votre avis sur cette réponse", "Your feedback on this answer"),
    "thumb_up": ("Bonne réponse", "Good answer"),
    "thumb_down": ("Mauvaise réponse", "Poor answer"),
    "feedback_consent": (
        "Un avis garde la conversation jusque-là, dans ce navigateur seulement ; rien n’est envoyé. "
        "Export et suppression sous Historique.",
        "Feedback keeps the conversation so far, in this browser only; nothing is sent. Export or delete it under History.",
    ),
    "comment": ("Commentaire (facultatif)", "Comment (optional)"),
    "comment_save": ("Enregistrer", "Save"),
    "comment_saved": ("Enregistré", "Saved"),
    "feedback_full": (
        "Le navigateur n’a plus de place : cet avis n’a pas été gardé.",
        "The browser has no room left: this feedback was not kept.",
    ),
    "feedback_kept": ("Avis gardés dans ce navigateur :", "Feedback kept in this browser:"),
    "feedback_note": (
        "Le fichier contient les questions, ce qui les précède, les réponses avec leurs citations, et vos commentaires. "
        "À vous de choisir qui le reçoit.",
        "The file holds the questions, what came before them, the answers with their citations, and your comments. "
        "Who gets it is up to you.",
    ),
    "feedback_export": ("Exporter mes avis", "Export my feedback"),
    "feedback_delete": ("Supprimer mes avis", "Delete my feedback"),
    # the panel
    "panel": ("Sources", "Sources"),
    "panel_empty": (
        "Les passages trouvés s’affichent ici. Un clic sur [1] ouvre le document à la phrase citée.",
        "The passages found are shown here. A click on [1] opens the document at the cited sentence.",
    ),
    "first_look": ("Passages trouvés", "Passages found"),
    "first_look_none": ("Aucun passage trouvé.", "No passage found."),
    "back": ("Passages trouvés", "Passages found"),
    "previous": ("Citation précédente", "Previous citation"),
    "next": ("Citation suivante", "Next citation"),
    "close": ("Fermer", "Close"),
    "open_document": ("Ouvrir à cet endroit", "Open at this place"),
    "also_said_by": ("Dit aussi par", "Also said by"),
    "cited_by": ("Voir où elle est citée", "See where it is cited"),
    "gone": (
        "Ce document n’est plus dans la bibliothèque.",
        "This document is no longer in the library.",
    ),
    "moved": (
        "Le document a changé depuis : la phrase n’y est plus à cet endroit.",
        "The document has changed since: the sentence is no longer at this place.",
    ),
    # the documents tab
    "find": ("Chercher dans les documents", "Search the documents"),
    "find_placeholder": ("Chercher des mots", "Search for words"),
    "nothing_found": ("Aucune phrase ne contient ces mots.", "No sentence holds these words."),
    "views": ("Affichage", "Show"),
    "view_list": ("Liste", "List"),
    "view_clashes": ("Contradictions", "Disagreements"),
    "view_dates": ("Chronologie", "Timeline"),
    "upload": ("Ajouter des fichiers", "Add files"),
    "drop": (
        "Déposez ici des fichiers .txt, .md, .html, .pdf ou .docx.",
        "Drop .txt, .md, .html, .pdf or .docx files here.",
    ),
    "reindex": ("Réindexer", "Re-index"),
    "reindexing": ("Lecture du dossier…", "Reading the folder…"),
    "reindexed": ("L’index est à jour : {n} documents.", "The index is up to date: {n} documents."),
    "not_indexed": ("L’index n’a pas pu être mis à jour : {reason}", "The index could not be updated: {reason}"),
    "adding": ("Ajout de {name} ({n} sur {total})…", "Adding {name} ({n} of {total})…"),
    "added": ("Ajouté : {name}", "Added: {name}"),
    "not_added": ("Non ajouté : {reason}", "Not added: {reason}"),
    "delete": ("Supprimer", "Delete"),
    "delete_document": ("Supprimer {title}", "Delete {title}"),
    "delete_confirm": ("Supprimer aussi le fichier ?", "Delete the file too?"),
    "deleted": ("Supprimé : {name}", "Deleted: {name}"),
    "not_deleted": ("Non supprimé : {reason}", "Not deleted: {reason}"),
    "state_indexed": ("indexé", "indexed"),
    "state_unread": ("n’a pas pu être lu : {reason}", "could not be read: {reason}"),
    "state_earlier": (
        "indexé dans sa version d’avant ; l’actuelle n’a pas pu être lue : {reason}",
        "indexed in its version of before; the present one could not be read: {reason}",
    ),
    "no_documents": ("Aucun document.", "No documents."),
    "sentences_one": ("1 phrase", "1 sentence"),
    "sentences_many": ("{n} phrases", "{n} sentences"),
    "no_disagreement": (
        "Aucune contradiction n’a été repérée entre les documents.",
        "No disagreement between the documents has been noticed.",
    ),
    "disagreements_note": (
        "Phrases de documents différents qui semblent dire le contraire ; à vérifier à la lecture.",
        "Sentences of different documents that seem to say otherwise; to be checked by reading.",
    ),
    "no_dates": ("Aucune phrase datée.", "No dated sentence."),
    "and_more": ("… et {n} de plus.", "… and {n} more."),
    # the history tab
    "keep": ("Garder les conversations dans ce navigateur", "Keep conversations in this browser"),
    "keep_note": (
        "Elles restent sur cet ordinateur, lisibles par qui utilise ce navigateur. Rien n’est gardé sur le serveur.",
        "They stay on this computer, readable by whoever uses this browser. Nothing is kept on the server.",
    ),
    "none_kept": ("Aucune conversation gardée.", "No conversations kept."),
    "keeping_full": (
        "Le navigateur n’a plus de place : supprimez d’anciennes conversations.",
        "The browser has no room left: delete old conversations.",
    ),
    "open": ("Ouvrir", "Open"),
    "rename": ("Renommer", "Rename"),
    "export_markdown": ("Markdown", "Markdown"),
    "export_json": ("JSON", "JSON"),
    "delete_confirm_kept": ("Supprimer pour de bon ?", "Delete for good?"),
    "delete_all": ("Tout supprimer", "Delete all"),
    "not_restored": (
        "Cette conversation n’a pas pu être rouverte : elle est abîmée ou d’une autre version.",
        "This conversation could not be opened: it is damaged or of another version.",
    ),
    # logging in
    "login": ("Se connecter", "Log in"),
    "logout": ("Se déconnecter", "Log out"),
    "login_name": ("Nom", "Name"),
    "login_password": ("Mot de passe", "Password"),
    "login_wrong": ("Nom ou mot de passe incorrect.", "Wrong name or password."),
    "login_throttled": (
        "Trop de tentatives. Réessayez dans une minute.",
        "Too many attempts. Try again in a minute.",
    ),
    # a document's card
    "unknown_publisher": ("auteur inconnu", "author unknown"),
    "unknown_date": ("date inconnue", "date unknown"),
    "language_fr": ("français", "French"),
    "language_en": ("anglais", "English"),
}


def say(language: Language, key: str, /, **values: object) -> str:
    """The text of ``key`` in ``language``, its placeholders filled. KeyError for an unknown key."""
    text = TEXTS[key][0 if language == "fr" else 1]
    return text.format(**values) if values else text
