"""The conversation as HTML. Everything that comes from outside is escaped here, once, by ``esc``.

The markup only ever grows while an answer streams (new nodes come after the old ones), so that the page
updates in place: focus, selection and a screen reader's position survive, and nothing jumps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from rag.types import Citation, Disagreement, Language, Source, Statement
from rag.ui.chat import Conversation, Exchange
from rag.ui.copying import FORMS, copied
from rag.ui.examples import Example
from rag.ui.notation import title_of, written_date, written_number
from rag.ui.texts import say

Sources = Mapping[str, Source]


def esc(text: object) -> str:
    """``text`` as HTML text or attribute value: nothing in it is markup any more."""
    return escape(str(text), quote=True)


def place(citation: Citation, exchange: int) -> str:
    """The attributes by which a link says which place of which document it opens."""
    return (
        f'data-x="{exchange}" data-doc="{esc(citation.document)}" '
        f'data-start="{citation.start}" data-end="{citation.end}" data-n="{citation.n}"'
    )


def quotation(citation: Citation, language: Language) -> str:
    """The exact words with their source, for a tooltip: “…” — Title, 6 December 2023."""
    where = ", ".join(part for part in (title_of(citation, language), written_date(citation.date, language)) if part)
    return f"“{citation.quote}” — {where}"


def render_thread(conversation: Conversation, sources: Sources, language: Language, examples: Sequence[Example] = ()) -> str:
    """The whole conversation, or the welcome with its examples while there is none."""
    if not conversation:
        return _welcome(examples, language)
    last = len(conversation) - 1
    articles = (_exchange(exchange, index, sources, language, last=index == last) for index, exchange in enumerate(conversation))
    return f'<div class="thread" role="log" aria-label="{esc(say(language, "conversation"))}">' + ("".join(articles) + "</div>")


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


def _exchange(exchange: Exchange, x: int, sources: Sources, language: Language, *, last: bool) -> str:
    statements = "".join(_statement(statement, k, exchange, x, language) for k, statement in enumerate(exchange.statements))
    busy = ' aria-busy="true"' if exchange.running else ""
    return (
        f'<article class="exchange" id="x{x}"{busy}>'
        f'<h2 class="question" lang="{exchange.language}">'
        f'<span class="sr">{esc(say(language, "you_asked"))} : </span>{esc(exchange.question)}</h2>'
        f"{_progress(exchange, language)}"
        f'<div class="answer" aria-live="polite" aria-relevant="additions">{statements}</div>'
        f"{_outcome(exchange, x, language)}"
        f"{_actions(exchange, sources, language, last=last)}</article>"
    )


def _progress(exchange: Exchange, language: Language) -> str:
    """One line of fixed height: what is being done, then how long it took. The clock is the browser's."""
    done, total = exchange.read
    if exchange.answer is not None:
        passages = "passages_one" if len(exchange.evidence) == 1 else "passages_many"
        seconds = written_number(exchange.answer.timings.total_ms / 1000, language, digits=1)
        line = say(language, "done_in", passages=say(language, passages, n=len(exchange.evidence)), seconds=seconds)
        return f'<p class="progress done" role="status"><span>{esc(line)}</span></p>'
    if exchange.stopped or exchange.fault:
        text = exchange.fault or say(language, "stopped")
        return f'<p class="progress {"fault" if exchange.fault else "done"}" role="status"><span>{esc(text)}</span></p>'
    text = say(language, "reading" if exchange.look else "searching")
    count = f"{say(language, 'reading_count', done=done, total=total)} · " if total else ""
    return (
        f'<p class="progress running" role="status"><span>{esc(text)}</span> '
        f'<span class="count" aria-hidden="true">{esc(count)}</span>'
        '<span class="clock" aria-hidden="true"></span></p>'
    )


def _statement(statement: Statement, k: int, exchange: Exchange, x: int, language: Language) -> str:
    text = esc(statement.text)
    if statement.verbatim and not statement.text.lstrip().startswith(("«", "“", '"')):
        text = f"« {text} »" if statement.language == "fr" else f"“{text}”"
    links = " ".join(
        cite_link(citation, x, language, link_id=f"x{x}s{k}c{n}")
        for n in statement.citations
        if (citation := exchange.citation(n)) is not None
    )
    return (
        f'<p class="statement" id="x{x}s{k}"><span class="check" role="img" '
        f'aria-label="{esc(say(language, "checked"))}" title="{esc(say(language, "checked"))}">✓</span>'
        f'<span class="said" lang="{statement.language}">{text}</span> {links}{_origin(statement, k, exchange, x, language)}</p>'
    )


def cite_link(citation: Citation, x: int, language: Language, *, link_id: str = "") -> str:
    """``[n]`` as a link that opens the source; hovering shows the quotation."""
    label = say(language, "open_source", n=citation.n, title=title_of(citation, language))
    name = f' id="{link_id}"' if link_id else ""
    return (
        f'<a class="cite" href="#panel"{name} {place(citation, x)} aria-label="{esc(label)}" '
        f'title="{esc(quotation(citation, language))}">[{citation.n}]</a>'
    )


def _origin(statement: Statement, k: int, exchange: Exchange, x: int, language: Language) -> str:
    """How the sentence came to be worded, in a word or two; a foreign quotation offers its translation."""
    if statement.verbatim and statement.language != exchange.language:
        text = say(language, "origin_foreign", language=say(language, f"in_{statement.language}"))
        return (
            f' <span class="origin">{esc(text)}</span> <button type="button" class="quiet" data-do="translate" '
            f'data-x="{x}" data-k="{k}">{esc(say(language, "translate"))}</button>'
        )
    if statement.origin == "translated":
        origin = exchange.citation(statement.citations[0]) if statement.citations else None
        source = origin.language if origin else ("en" if statement.language == "fr" else "fr")
        text = say(language, "origin_translated", language=say(language, f"from_{source}"))
    else:
        text = say(language, f"origin_{statement.origin}")
    return f' <span class="origin">{esc(text)}</span>'


def _outcome(exchange: Exchange, x: int, language: Language) -> str:
    """What comes after the statements: notices, refusals, disagreements."""
    answer = exchange.answer
    if answer is None:
        return ""
    parts = [f'<p class="notice" role="note">{esc(say(language, code))}</p>' for code in answer.notices]
    if answer.status == "declined":
        parts.append(f'<p class="refusal">{esc(answer.text or say(language, "declined"))}</p>')
    if answer.status == "not_found":
        parts.append(_not_found(answer.closest, x, language))
    parts += [_disagreement(one, k, exchange, x, language) for k, one in enumerate(answer.disagreements)]
    return "".join(parts)


def _not_found(closest: Sequence[Citation], x: int, language: Language) -> str:
    head = f'<p class="refusal">{esc(say(language, "not_found"))}</p>'
    if not closest:
        return head
    items = "".join(f"<li>{_quote(citation, x, language)}</li>" for citation in closest)
    return (
        f'{head}<section class="closest"><h3>{esc(say(language, "closest"))}</h3>'
        f'<p class="aside">{esc(say(language, "closest_note"))}</p><ul>{items}</ul></section>'
    )


def _quote(citation: Citation, x: int, language: Language) -> str:
    where = ", ".join(p for p in (title_of(citation, language), written_date(citation.date, language)) if p)
    return (
        f'<blockquote lang="{citation.language}">{esc(citation.quote)}</blockquote>'
        f'<a class="place" href="#panel" {place(citation, x)}>{esc(where)}</a>'
    )


def _disagreement(one: Disagreement, k: int, exchange: Exchange, x: int, language: Language) -> str:
    sides = [citation for n in one.citations if (citation := exchange.citation(n)) is not None]
    quotes = "".join(
        f'<div class="side">{_quote(citation, x, language)} {cite_link(citation, x, language)}</div>' for citation in sides
    )
    return (
        f'<section class="disagreement"><h3>{esc(say(language, "disagreement"))}</h3>'
        f'<p lang="{exchange.language}">{esc(one.note)}</p><div class="sides">{quotes}</div>'
        f'<button type="button" class="quiet" data-do="compare" data-x="{x}" data-k="{k}">'
        f"{esc(say(language, 'compare'))}</button></section>"
    )


def _actions(exchange: Exchange, sources: Sources, language: Language, *, last: bool) -> str:
    """Copy, and for the last question retry and edit."""
    if exchange.running:
        return ""
    buttons = []
    if exchange.statements:
        forms = "".join(
            f'<button type="button" data-do="copy" data-form="{form}">{esc(say(language, "copy_" + form))}</button>'
            f'<pre hidden class="form-{form}">{esc(copied(exchange, sources, language, form))}</pre>'
            for form in FORMS
        )
        label, done, failed = (esc(say(language, key)) for key in ("copy", "copied", "copy_failed"))
        buttons.append(
            f'<details class="menu"><summary data-label="{label}" data-copied="{done}" data-failed="{failed}">'
            f"{label}</summary><div>{forms}</div></details>"
        )
    if last:
        for action in ("retry", "edit"):
            buttons.append(
                f'<button type="button" class="quiet" data-do="{action}" data-question="{esc(exchange.question)}">'
                f"{esc(say(language, action))}</button>"
            )
    return f'<div class="actions">{"".join(buttons)}</div>'
