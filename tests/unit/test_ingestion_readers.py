"""Reading files: the text as it stands, or one line that says why not."""

import codecs
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UnreadableFile
from rag.ingestion.cards import Card
from rag.ingestion.decoding import decode
from rag.ingestion.readers import read

STORY = "Le pont a rouvert lundi. « C’est une fête », a dit le maire à l’œuvre… pour 3 000 €.\n"


def reason(path: Path, **options: int) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(path, path.parent, {}, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_text_is_exactly_the_file(tmp_path: Path) -> None:
    content = "Le pont\r\n\r\nIl est\tneuf.\rOui\u2028non \xa0\n\n"
    path = tmp_path / "sous" / "pont.TXT"
    path.parent.mkdir()
    path.write_bytes(content.encode())
    document = read(path, tmp_path, {})
    assert document.text == content
    assert (document.source.id, document.source.path) == ("sous/pont.TXT", "sous/pont.TXT")


def test_a_card_goes_before_the_text(tmp_path: Path) -> None:
    path = tmp_path / "pont.txt"
    path.write_text(f"date 2020-01 {STORY}", encoding="utf-8")
    plain = read(path, tmp_path, {}).source
    assert (plain.id, plain.date, plain.title, plain.language) == ("pont.txt", "2020-01", None, "fr")
    carded = read(path, tmp_path, {"pont.txt": Card("p", "Le pont", "La Rive", "2020-01-02", "en")}).source
    assert (carded.id, carded.date, carded.title, carded.publisher, carded.language) == (
        "p", "2020-01-02", "Le pont", "La Rive", "en",
    )  # fmt: skip


def test_markdown_heading_is_the_title(tmp_path: Path) -> None:
    path = tmp_path / "bridge.md"
    path.write_text("# The bridge opens\n\nThe bridge over the Lune was opened on Monday.\n")
    document = read(path, tmp_path, {})
    assert (document.source.title, document.source.language) == ("The bridge opens", "en")
    assert document.text.startswith("# The")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(encoding: str) -> None:
    assert decode(STORY.encode(encoding)) == STORY


@pytest.mark.parametrize(("mark", "encoding"), [(codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF16_LE, "utf-16-le")])
def test_utf16_either_way_round(mark: bytes, encoding: str) -> None:
    assert decode(mark + STORY.encode(encoding)) == STORY


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Le cœur de la forêt : fermé."),
        ("cp1252", "À l’été prochain, il sera « ouvert »… ou non."),
        ("iso8859_15", "Le cœur de la forêt : fermé. Entrée : 3 €."),
        ("mac_roman", "Le cœur de la forêt : fermé."),
        ("mac_roman", "À l’été prochain, il sera « ouvert »… ou non."),
        ("cp850", "Déjà là, français et naïf."),
    ],
)
def test_older_encodings(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co"))))
def test_any_utf8_text_is_kept(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode(text.encode()) == text


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_named(data: bytes) -> None:
    try:
        decode(data).encode()
    except UnreadableFile as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x7fELF\x02\x01\x01" + bytes(100), "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4, "binary"),
        (bytes(range(128, 256)) * 20, "UTF-8"),
        (b"\xff\xfe\xfa\xfb\x10\x20\x33\x88", "not text"),
        (b"\xff\xfeabc", "announce utf-16"),
        ((STORY * 3).encode().replace("œ".encode(), b"\xff"), "byte 72 is not valid UTF-8"),
        ((STORY * 3).encode()[:-2] + b"\xc3", "is not valid UTF-8"),
        (b"", "holds no text"),
        (b"  \n\n 12 ... \n", "holds no text"),
    ],
)
def test_what_is_no_text_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(data)
    assert said in reason(path)
    assert reason(path).startswith("x.txt: ")


def test_too_large_is_said_without_reading(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as stream:
        stream.truncate(200 * 2**20)
    said = reason(path)
    assert "200.0 MB is over the limit of 50 MB" in said
    assert "TEMOIN_FILE_MB" in said
    path.write_text(STORY)
    assert "over the limit" in reason(path, max_bytes=10)


def test_missing_and_foreign_files(tmp_path: Path) -> None:
    assert "gone" in reason(tmp_path / "away.txt")
    (tmp_path / "x.xls").write_bytes(b"x")
    assert ".docx" in reason(tmp_path / "x.xls")
    (tmp_path / "folder.txt").mkdir()
    assert "cannot be opened" in reason(tmp_path / "folder.txt")


@pytest.mark.parametrize(("suffix", "said"), [(".pdf", "damaged PDF"), (".docx", "damaged Word"), (".html", "no text")])
def test_damaged_files(tmp_path: Path, suffix: str, said: str) -> None:
    for number, data in enumerate((b"", b"\x00\x01nothing\xff", b"%PDF-1.7\nbroken", b"PK\x03\x04broken")):
        path = tmp_path / f"{number}{suffix}"
        path.write_bytes(data)
        assert said in reason(path) or "no text" in reason(path)


def _meddle(monkeypatch: pytest.MonkeyPatch, path: Path, times: int) -> list[str]:
    """Let somebody write to ``path`` right after each of the first ``times`` openings."""
    written: list[str] = []
    real: Callable[..., object] = Path.open

    def opened(self: Path, *arguments: object, **options: object) -> object:
        stream = real(self, *arguments, **options)
        if self == path and len(written) < times:
            written.append(f"Version {len(written)} du texte. " * (len(written) + 1))
            os.truncate(path, 0)
            with real(path, "w") as other:  # type: ignore[attr-defined]
                other.write(written[-1])
        return stream

    monkeypatch.setattr(Path, "open", opened)
    return written


def test_a_file_written_while_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "live.txt"
    path.write_text(STORY)
    written = _meddle(monkeypatch, path, 1)
    assert read(path, tmp_path, {}).text == written[-1]


def test_a_file_that_grows_while_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "live.txt"
    path.write_text(STORY)
    real = Path.stat

    def growing(self: Path, **options: bool) -> os.stat_result:
        if self == path:
            with path.open("a") as stream:
                stream.write("Encore une ligne.\n")
        return real(self, **options)

    monkeypatch.setattr(Path, "stat", growing)
    assert "keeps changing while it is read" in reason(path)
