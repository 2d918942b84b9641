"""What the page shows, as HTML: known answers, and nothing from outside ever becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.types import Citation, Document, Evidence, Reading, Sentence, Source, Spoken, Statement
from rag.ui.chat import Conversation, Exchange, follow, respond, stop, turns
from rag.ui.copying import copied
from rag.ui.notation import Cards
from rag.ui.panel import Place, View, place_of, render_panel
from rag.ui.shelves import dated, found, listed
from rag.ui.thread import render_thread
from tests.town import COST_EN, COST_FR, DOCUMENTS, FakeAssistant, FakeLibrary

LIBRARY = FakeLibrary()
VOID = {"img", "br", "input", "hr", "meta", "link"}


class Tags(HTMLParser):
    """Collects tags, attributes and text, and checks that elements nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.marks: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag == "mark":
            self.marks.append((dict(attrs)["class"] or "", ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self.open:
            kind, text = self.marks.pop()
            self.marks.append((kind, text + data))


def conversation(*questions: str) -> Conversation:
    assistant = FakeAssistant(pause=0)
    said: Conversation = ()
    for question in questions:
        *_, (exchange, _) = respond(assistant, Exchange(question, "en"), said)
        said = (*said, exchange)
    return said


def thread(said: Conversation, language: str = "en") -> str:
    return render_thread(said, Cards(LIBRARY, language), language)  # type: ignore[arg-type]


def test_an_answer_shows_statements_with_their_citations() -> None:
    page = Tags(thread(conversation("What did it cost?")))
    assert "The works cost 4.2 million euros, according to the town hall." in page.text
    assert "[1]" in page.text
    assert "3 passages read in" in page.text


def test_the_reader_s_language_dresses_the_same_answer() -> None:
    french = Tags(thread(conversation("Did the mayor answer?"), "fr"))
    assert "Les documents se contredisent" in french.text
    assert "passages lus en 0,0 s" in french.text


def test_nothing_found_is_not_dressed_as_an_answer() -> None:
    html = thread(conversation("Is there a swimming pool?"))
    assert 'class="statement"' not in html
    assert "The documents do not answer this question." in Tags(html).text


def test_while_an_answer_grows_what_was_there_stays() -> None:
    assistant = FakeAssistant(pause=0)
    stages = [exchange for exchange, _ in respond(assistant, Exchange("What did it cost?", "en"), ())]
    shown = [re.findall(r'<div class="statement".*?</div>', thread((stage,))) for stage in stages]
    for before, after in pairwise(shown):
        assert after[: len(before)] == before
    assert len(shown[-1]) == 2


def test_the_status_says_what_is_being_done() -> None:
    look, *_ = FakeAssistant(pause=0).ask("What did it cost?")
    exchange = Exchange("What did it cost?", "en")
    spoken = Spoken(Statement(COST_EN.quote, (2,), 1.0, True, "quoted", "en"), (COST_EN,))
    steps = (
        (None, "Searching the documents…"),
        (look, "Reading the passages"),
        (Reading(1, 3), "Reading the passages"),
        (Reading(1, 3, checking=True), "Checking…"),
        (spoken, "Reading the passages"),
        (Reading(2, 3), "Reading the passages"),
        (Reading(2, 3, checking=True), "Checking…"),
        (Reading(2, 3), "Reading the passages"),
        (Reading(3, 3), "Checking…"),
    )
    for event, stage in steps:
        exchange = follow(exchange, event) if event else exchange
        assert stage in Tags(thread((exchange,))).text, event
    assert "Vérification…" in Tags(thread((exchange,), "fr")).text


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>\"'&=/ script imgonerror[]{}$`\\"), min_size=1))
def test_whatever_is_said_or_asked_stays_text(evil: str) -> None:
    document = Document(Source(evil, evil, "fr", evil, evil, evil), f"x {evil} y")
    citation = Citation(1, evil, evil, evil, "fr", 2, 2 + len(evil), evil)
    sentence = Sentence(evil, 0, 0, 2, 2 + len(evil), evil, "fr")
    exchange = Exchange(
        question=evil,
        language="fr",
        evidence=(Evidence(sentence, document.source, 1, 1, 1, 1, also=(sentence,)),),
        look=(citation,),
        statements=(Statement(evil, (1,), 1.0, False, "shortened", "fr"),),
        citations=(citation,),
        stopped=True,
        translations=((0, evil),),
    )
    library = FakeLibrary({evil: document})
    plain = Tags(render_thread((replace(exchange, question="q"),), Cards(FakeLibrary({}), "fr"), "fr"))
    shown = Tags(render_thread((exchange,), Cards(library, "fr"), "fr"))
    assert set(shown.tags) <= set(plain.tags)
    assert not [name for name in shown.attributes if name.startswith("on")]
    for view in (View("look", 0), View("document", 0, (place_of(citation),)), View("compare", 0, (place_of(citation),) * 2)):
        panel = Tags(render_panel(view, (exchange,), library, "fr"))
        assert not {"script", "img"} & set(panel.tags)
        assert not [name for name in panel.attributes if name.startswith("on")]
    shelf = Tags(listed(library, "fr", changeable=True) + found(library.find(evil), library, "fr"))
    assert not {"script", "img"} & set(shelf.tags)


def test_the_panel_marks_exactly_the_cited_sentence() -> None:
    said = conversation("What did it cost?")
    page = Tags(render_panel(View("document", 0, (place_of(COST_FR),)), said, LIBRARY, "en"))
    assert page.marks == [
        ("other", "Le pont de Valmont a rouvert le 3 mai 2021 après deux ans de travaux."),
        ("here", COST_FR.quote),
    ]
    assert DOCUMENTS["gazette"].text.replace("\n", "")[:40] in page.text.replace("\n", "")


def test_a_document_that_changed_is_shown_unmarked_with_a_warning() -> None:
    changed = replace(DOCUMENTS["gazette"], text="Autre texte. " * 20)
    library = FakeLibrary({"gazette": changed})
    page = Tags(render_panel(View("document", 0, (place_of(COST_FR),)), conversation("cost"), library, "en"))
    assert page.marks == []
    assert "has changed since" in page.text
    gone = Tags(render_panel(View("document", 0, (place_of(COST_EN),)), (), library, "fr"))
    assert "n’est plus dans la bibliothèque" in gone.text


def test_a_place_without_a_citation_is_marked_within_the_text_only() -> None:
    inside = Tags(render_panel(View("document", -1, (Place("herald", 0, 8),)), (), LIBRARY, "en"))
    assert inside.marks == [("here", "Valmont ")]
    beyond = Tags(render_panel(View("document", -1, (Place("herald", 5, 10**6),)), (), LIBRARY, "en"))
    assert beyond.marks == []


def test_a_stopped_exchange_keeps_its_statements_and_tells_the_assistant_no_answer() -> None:
    assistant = FakeAssistant(pause=0)
    stages = [exchange for exchange, _ in respond(assistant, Exchange("What did it cost?", "en"), ())]
    said = stop((stages[-2],))
    assert said[0].stopped
    assert len(said[0].statements) == 2
    assert [turn.role for turn in turns(said)] == ["user"]
    assert stop(said) == said


def test_closing_the_stream_ends_the_assistant_s_work() -> None:
    assistant = FakeAssistant(pause=0)
    stream = respond(assistant, Exchange("What did it cost?", "en"), ())
    next(stream)
    next(stream)
    stream.close()
    assert assistant.closed == 1


def test_events_fold_into_the_answer_itself() -> None:
    events = list(FakeAssistant(pause=0).ask("What did it cost?"))
    exchange = Exchange("What did it cost?", "fr")
    for event in events:
        exchange = follow(exchange, event)
    assert exchange.answer is events[-1]
    assert exchange.statements == exchange.answer.statements
    assert exchange.language == "en"


def test_footnotes_hold_title_publisher_date_and_the_exact_words() -> None:
    (exchange,) = conversation("What did it cost?")
    text = copied(exchange, Cards(LIBRARY, "fr"), "fr", "footnotes")
    assert "[^1]: *Le pont de Valmont rouvre*, La Gazette de Valmont, 4 mai 2021: « Les travaux ont coûté" in text
    assert text.count("[^3]") == 2


def test_the_timeline_is_in_the_order_of_time() -> None:
    page = Tags(dated(LIBRARY, "en"))
    assert page.text.index("May 2021") < page.text.index("3 May 2021")


def test_a_conversation_survives_the_browser() -> None:
    import html

    from rag.ui.desk import Desk
    from rag.ui.history import render_record, restore

    said = conversation("What did it cost?", "Did the mayor answer?", "piscine ?")
    record = html.unescape(
        render_record(said, Desk(FakeAssistant(), LIBRARY), "en").removeprefix("<pre hidden>")[: -len("</pre>")]
    )
    assert restore(record) == said
    assert render_record((), Desk(FakeAssistant(), LIBRARY), "en") == ""
    for broken in (
        "",
        "null",
        "[]",
        "{}",
        '{"exchanges": 3}',
        '{"exchanges": [{"question": "q", "language": "de"}]}',
        "[" * 10**5,
    ):
        assert restore(broken) is None
