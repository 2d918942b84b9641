"""The conversation as HTML.

The markup only ever grows while an answer streams (new nodes come after the old ones), so that the page
updates in place: focus, selection and a screen reader's position survive, and nothing jumps.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Answer, Citation, Disagreement, Language, Statement
from rag.ui.chat import Conversation
from rag.ui.copying import FORMS, copied, refused, remark
from rag.ui.examples import Example
from rag.ui.faults import folded
from rag.ui.feedback import render_feedback, render_thumbs
from rag.ui.marks import Scene, button, esc
from rag.ui.notation import Cards, quoted, written_number
from rag.ui.texts import say


def render_thread(
    conversation: Conversation,
    cards: Cards,
    language: Language,
    examples: Sequence[Example] = (),
    *,
    translates: bool = False,
) -> str:
    """The whole conversation, or the welcome with its examples while there is none.

    ``translates``: whether foreign quotations can offer a translation.
    """
    if not conversation:
        return _welcome(examples, language)
    last = len(conversation) - 1
    articles = (_exchange(Scene(exchange, x, cards, language, x == last, translates)) for x, exchange in enumerate(conversation))
    return f'<div class="thread" role="group" aria-label="{esc(say(language, "conversation"))}">{"".join(articles)}</div>'


def _welcome(examples: Sequence[Example], language: Language) -> str:
    if not examples:
        return '<div class="thread welcome"></div>'
    items = "".join(
        f'<li><button type="button" class="example" data-do="ask" data-question="{esc(example.question)}">'
        f'<span class="example-question" lang="{example.language}">{esc(example.question)}</span>'
        f'<span class="example-kind">{esc(say(language, "example_" + example.kind))}</span></button></li>'
        for example in examples
    )
    return f'<div class="thread welcome"><p>{esc(say(language, "examples"))}</p><ul class="examples">{items}</ul></div>'


def _exchange(scene: Scene) -> str:
    exchange, x = scene.exchange, scene.x
    statements = "".join(_statement(statement, k, scene) for k, statement in enumerate(exchange.statements))
    searched = scene.say("searched_as", question=exchange.searched) if exchange.searched else ""
    busy = ' aria-busy="true"' if exchange.running else ""
    return (
        f'<article class="exchange" id="x{x}"{busy}><h2 class="question" lang="{exchange.language}">'
        f'<span class="sr">{scene.say("you_asked")} : </span>{esc(exchange.question)}</h2>{_progress(scene)}'
        f'<p class="aside searched">{searched}</p>'
        f'<div class="answer" aria-live="polite" aria-relevant="additions">{statements}{_outcome(scene)}</div>'
        f"{_actions(scene)}</article>"
    )


def _progress(scene: Scene) -> str:
    """One line of fixed height: what is being done, then how long it took. The clock is the browser's.

    It and the answer are the two live regions; neither stands in another, so that nothing is announced twice.
    """
    exchange = scene.exchange
    if exchange.answer is not None:
        seconds = written_number(exchange.answer.timings.total_ms / 1000, scene.language, digits=1)
        count = len(exchange.evidence)
        passages = say(scene.language, "passages_one" if count == 1 else "passages_many", n=count)
        line = scene.say("done_in", passages=passages, seconds=seconds)
    elif exchange.fault:
        line = f'<p class="progress fault" role="status"><span>{esc(exchange.fault)}</span></p>'
        return line + folded(exchange.detail, scene.language)
    elif exchange.stopped:
        line = scene.say("stopped")
    else:
        done, total = exchange.read
        checking = exchange.checking or (total and done == total)
        stage = "checking" if checking else "reading" if exchange.look else "searching"
        count_read = f"{scene.say('reading_count', done=done, total=total)} · " if done else ""
        return (
            f'<p class="progress running" role="status"><span>{scene.say(stage)}'
            f'</span> <span class="count" aria-hidden="true">{count_read}</span>'
            '<span class="clock" aria-hidden="true"></span></p>'
        )
    return f'<p class="progress done" role="status"><span>{line}</span></p>'


def _statement(statement: Statement, k: int, scene: Scene) -> str:
    cited = [citation for n in statement.citations if (citation := scene.exchange.citation(n)) is not None]
    text, language = _words(statement, cited)
    links = " ".join(scene.link(citation) for citation in cited)
    return (
        f'<div class="statement" id="x{scene.x}s{k}"><span class="check" role="img" '
        f'aria-label="{scene.say("checked")}" title="{scene.say("checked")}">✓</span>'
        f'<span class="said" lang="{language}">{esc(text)}</span> {links} '
        f"{_origin(statement, language, k, scene)}</div>"
    )


def _words(statement: Statement, cited: Sequence[Citation]) -> tuple[str, Language]:
    """The sentence and the language it is in; a quotation is shown as the document has it, in its quotation marks."""
    for citation in cited if statement.verbatim else ():
        if " ".join(citation.quote.split()) in statement.text:
            return quoted(citation.quote, citation.language), citation.language
    return statement.text, statement.language


def _origin(statement: Statement, language: Language, k: int, scene: Scene) -> str:
    """How the sentence came to be worded, in a word or two; a foreign quotation offers its translation."""
    if statement.verbatim and language != scene.exchange.language:
        named = say(scene.language, f"in_{language}")
        return f'<span class="origin">{scene.say("origin_foreign", language=named)}</span>{_translation(k, scene)}'
    if statement.origin == "translated":
        origin = scene.exchange.citation(statement.citations[0]) if statement.citations else None
        source = origin.language if origin else ("en" if statement.language == "fr" else "fr")
        text = scene.say("origin_translated", language=say(scene.language, f"from_{source}"))
    else:
        text = scene.say(f"origin_{statement.origin}")
    return f'<span class="origin">{text}</span>'


def _translation(k: int, scene: Scene) -> str:
    done = dict(scene.exchange.translations)
    if k in done:
        if not done[k]:
            return f'<p class="translation">{scene.say("translation_failed")}</p>'
        return (
            f'<p class="translation"><span lang="{scene.exchange.language}">{esc(done[k])}</span> '
            f'<span class="origin">{scene.say("translation_label")}</span></p>'
        )
    if not scene.translates or scene.exchange.running:
        return ""
    return " " + button("translate", scene.say("translate"), x=scene.x, k=k)


def _outcome(scene: Scene) -> str:
    """What comes after the statements: notices, refusals, disagreements."""
    answer = scene.exchange.answer
    if answer is None:
        return ""
    parts = [f'<p class="notice" role="note">{scene.say(code)}</p>' for code in answer.notices]
    if answer.status == "declined":
        parts.append(_refused(answer, scene))
    if answer.status == "not_found":
        parts.append(_not_found(answer, scene))
    parts += [_disagreement(one, k, scene) for k, one in enumerate(answer.disagreements)]
    return "".join(parts)


def _not_found(answer: Answer, scene: Scene) -> str:
    """What the answer says of it, and what came nearest."""
    head = _refused(answer, scene)
    if not answer.closest:
        return head
    items = "".join(f"<li>{scene.quote(citation)}</li>" for citation in answer.closest)
    return (
        f'{head}<section class="closest"><h3>{scene.say("closest")}</h3>'
        f'<p class="aside">{scene.say("closest_note")}</p><ul>{items}</ul></section>'
    )


def _refused(answer: Answer, scene: Scene) -> str:
    language = answer.language if answer.text.strip() else scene.language
    return f'<p class="refusal" lang="{language}">{esc(refused(answer, scene.language))}</p>'


def _disagreement(one: Disagreement, k: int, scene: Scene) -> str:
    sides = [citation for n in one.citations if (citation := scene.exchange.citation(n)) is not None]
    quotes = "".join(f'<div class="side">{scene.quote(citation)} {scene.link(citation)}</div>' for citation in sides)
    said = remark(one, sides)
    note = f'<p lang="{scene.exchange.language}">{esc(said)}</p>' if said else ""
    return (
        f'<section class="disagreement" id="x{scene.x}d{k}"><h3>{scene.say("disagreement")}</h3>{note}'
        f'<div class="sides">{quotes}</div>'
        f"{button('compare', scene.say('compare'), x=scene.x, k=k)}</section>"
    )


def _actions(scene: Scene) -> str:
    """Copy and thumbs, and for the last question retry and edit; then what a thumb needs."""
    if scene.exchange.running:
        return ""
    parts = [_copy_menu(scene)] if scene.exchange.statements or scene.exchange.answer else []
    parts.append(render_thumbs(scene))
    if scene.last:
        parts += [button(action, scene.say(action)) for action in ("retry", "edit")]
    return f'<div class="actions">{"".join(parts)}</div>{render_feedback(scene)}'


def _copy_menu(scene: Scene) -> str:
    forms = "".join(
        button("copy", scene.say(f"copy_{form}"), style="form")
        + f"<pre hidden>{esc(copied(scene.exchange, scene.cards, scene.language, form))}</pre>"
        for form in FORMS
    )
    label, done, failed = (scene.say(key) for key in ("copy", "copied", "copy_failed"))
    return (
        f'<details class="menu"><summary data-label="{label}" data-copied="{done}" data-failed="{failed}">'
        f"{label}</summary><div>{forms}</div></details>"
    )
