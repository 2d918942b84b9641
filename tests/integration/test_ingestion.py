"""Real Word, PDF and HTML files, made here, from folder to sentences."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from rag.errors import UnreadableFile
from rag.ingestion.cards import load_cards
from rag.ingestion.changes import scan
from rag.ingestion.readers import read
from rag.ingestion.sentences import split
from rag.types import Document

PAGE = """<!doctype html><html lang="fr"><head><meta charset="{charset}"><title>Le pont rouvre | La Rive</title>
<meta property="og:title" content="Le pont rouvre"><meta property="og:site_name" content="La Rive">
<meta name="author" content="Jeanne Morel"><meta property="article:published_time" content="2021-05-04T10:00:00Z">
<link rel="canonical" href="https://example.org/pont"><script>alert("menu")</script></head>
<body><nav><a href="/">Accueil</a> <a href="/x">Abonnez-vous</a></nav>
<article><h1>Le pont rouvre</h1><p>Le pont sur la Lune a rouvert lundi, a déclaré M.&nbsp;Dupont.</p>
<h2>Ce que cela coûte</h2><p>«&nbsp;Il a coûté 3,2 millions d’euros&nbsp;», a dit le conseil. Il est sûr.</p>
<ul><li>Une voie pour les vélos, deux pour les voitures</li><li>Un trottoir de chaque côté du pont</li></ul></article>
<footer>Copyright 2019 La Rive <a href="/m">Mentions</a></footer></body></html>"""


def make_pdf(path: Path, pages: list[list[str]], title: str | None = None, password: str | None = None) -> Path:
    writer = PdfWriter()
    for lines in pages:
        page = writer.add_blank_page(width=595, height=842)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
                NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
            }
        )
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        shown = "".join(f"({line.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj T*\n" for line in lines)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 11 Tf 14 TL 50 780 Td\n{shown}ET".encode("cp1252"))
        page[NameObject("/Contents")] = writer._add_object(stream)
    if title:
        writer.add_metadata({"/Title": title})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    with path.open("wb") as out:
        writer.write(out)
    return path


def make_docx(path: Path) -> Path:
    word = docx.Document()
    word.add_paragraph("Le pont rouvre", style="Title")
    word.add_paragraph("Le pont sur la Lune a rouvert lundi, a déclaré M.\xa0Dupont. Il est sûr.")
    word.add_heading("Ce que cela coûte", level=1)
    table = word.add_table(rows=2, cols=2)
    for row, cells in enumerate((("Ouvrage", "Coût"), ("Tablier", "2 millions d’euros"))):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    word.add_paragraph("Le reste a été payé par la région.")
    word.core_properties.title = "Modèle de la mairie"
    word.save(str(path))
    return path


def make_html(path: Path, charset: str = "utf-8") -> Path:
    path.write_bytes(PAGE.format(charset=charset).encode(charset))
    return path


def searchable(document: Document) -> list[str]:
    for sentence in split(document):
        assert sentence.text == document.text[sentence.start : sentence.end]
    return [sentence.text for sentence in split(document) if sentence.searchable]


@pytest.mark.parametrize(("name", "charset"), [("pont.html", "utf-8"), ("pont.htm", "windows-1252")])
def test_an_article_of_the_web(tmp_path: Path, name: str, charset: str) -> None:
    document = read(make_html(tmp_path / name, charset), tmp_path, {})
    source = document.source
    assert (source.title, source.publisher, source.date, source.url, source.language) == (
        "Le pont rouvre", "Jeanne Morel, La Rive", "2021-05-04", "https://example.org/pont", "fr",
    )  # fmt: skip
    found = searchable(document)
    assert [" ".join(text.split()) for text in found[:3]] == [
        "Le pont sur la Lune a rouvert lundi, a déclaré M. Dupont.",
        "« Il a coûté 3,2 millions d’euros », a dit le conseil.",
        "Il est sûr.",
    ]
    assert "Une voie pour les vélos, deux pour les voitures" in found
    assert "Abonnez-vous" not in document.text
    assert "Copyright" not in document.text


def test_a_page_without_metadata_gets_no_date(tmp_path: Path) -> None:
    path = tmp_path / "bare.html"
    path.write_text("<html><body><p>The bakery closed in March 2019 after 40 years.</p><p>© 2020</p></body></html>")
    source = read(path, tmp_path, {}).source
    assert (source.date, source.title, source.publisher, source.language) == (None, None, None, "en")


def test_a_pdf_over_two_pages(tmp_path: Path) -> None:
    pages = [
        [
            "Le pont rouvre",
            "Le pont sur la Lune a rouvert lundi, a déclaré M. Dupont, maire de la commune, devant les",
            "habitants réunis. « C’est une fête », a-t-il dit. Le pont a été dessiné par une équipe de la",
        ],
        ["région et a coûté 3,2 millions d’euros."],
    ]
    document = read(make_pdf(tmp_path / "pont.pdf", pages, title="Microsoft Word - x.doc"), tmp_path, {})
    assert document.source.title == "Le pont rouvre"
    found = [" ".join(text.split()) for text in searchable(document)]
    assert found[0].startswith("Le pont sur la Lune a rouvert lundi, a déclaré M. Dupont, maire")
    assert found[0].endswith("devant les habitants réunis.")
    assert found[1] == "« C’est une fête », a-t-il dit."
    assert found[2].endswith("équipe de la région et a coûté 3,2 millions d’euros.")


def test_a_pdf_title_is_taken_when_the_text_shows_it(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "x.pdf", [["La mairie", "Le pont rouvre lundi.", "Il est neuf."]], title="La mairie")
    assert read(path, tmp_path, {}).source.title == "La mairie"


def test_a_word_file(tmp_path: Path) -> None:
    document = read(make_docx(tmp_path / "pont.docx"), tmp_path, {})
    assert document.source.title == "Le pont rouvre"
    found = searchable(document)
    assert found[:2] == ["Le pont sur la Lune a rouvert lundi, a déclaré M.\xa0Dupont.", "Il est sûr."]
    assert "Tablier | 2 millions d’euros" in found
    assert found[-1] == "Le reste a été payé par la région."


def _scan(path: Path) -> None:
    make_pdf(path, [[]])


def _locked(path: Path) -> None:
    make_pdf(path, [["Le pont rouvre lundi."]], password="secret")


def _half(path: Path) -> None:
    make_pdf(path, [["Le pont rouvre lundi."]])
    path.write_bytes(path.read_bytes()[:200])


def _half_word(path: Path) -> None:
    make_docx(path)
    path.write_bytes(path.read_bytes()[:2000])


def _not_word(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.txt", "Le pont")


def _bomb(path: Path) -> None:
    make_docx(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"word/media/{number}", bytes(100 * 2**20))


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("scan.pdf", _scan, "holds no text; is it a scan?"),
        ("locked.pdf", _locked, "protected by a password"),
        ("half.pdf", _half, "damaged PDF"),
        ("half.docx", _half_word, "damaged Word file"),
        ("zip.docx", _not_word, "damaged Word file"),
        ("bomb.docx", _bomb, "unpacks to 30"),
    ],
)
def test_files_that_cannot_be_read_say_why(tmp_path: Path, name: str, make: Callable[[Path], None], said: str) -> None:
    make(tmp_path / name)
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path / name, tmp_path, {})
    assert said in str(caught.value)
    assert str(caught.value).startswith(name)
    assert "\n" not in str(caught.value)


def test_a_folder_of_everything(tmp_path: Path) -> None:
    make_html(tmp_path / "a.html")
    make_docx(tmp_path / "b.docx")
    make_pdf(tmp_path / "c.pdf", [["Le pont rouvre lundi. Il est neuf."]])
    (tmp_path / "d.txt").write_bytes(bytes(range(256)) * 10)
    (tmp_path / "e.md").write_text("# The bridge\n\nThe bridge over the Lune opens on Monday.\n")
    (tmp_path / "f.png").write_bytes(b"\x89PNG")
    with (tmp_path / "g.txt").open("wb") as stream:
        stream.truncate(200 * 2**20)
    (tmp_path / "sources.toml").write_text('[[document]]\nfile = "c.pdf"\nid = "pont"\ndate = "2021"\n')
    cards = load_cards(tmp_path)
    changes = scan(tmp_path, {}, cards=cards)
    assert changes.added == ("a.html", "b.docx", "c.pdf", "d.txt", "e.md")
    assert changes.ignored == ("f.png",)
    assert [path for path, _ in changes.refused] == ["g.txt"]
    read_ids, failed = [], []
    for path in changes.added:
        try:
            document = read(tmp_path / path, tmp_path, cards)
        except UnreadableFile as error:
            failed.append(str(error))
            continue
        assert searchable(document)
        read_ids.append((document.source.id, document.source.date))
    assert read_ids == [("a.html", "2021-05-04"), ("b.docx", None), ("pont", "2021"), ("e.md", None)]
    assert len(failed) == 1
    assert failed[0].startswith("d.txt: binary")
