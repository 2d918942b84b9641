"""Settings fail early, by name, and the README tells all of them."""

import importlib.util
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import load_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temoin.toml").write_text('port = 8000\ncaution = "bold"\n', "utf-8")
    monkeypatch.setenv("TEMOIN_PORT", "9000")
    settings = load_settings()
    assert (settings.port, settings.caution) == (9000, "bold")
    assert load_settings(port=1).port == 1


@pytest.mark.parametrize(("name", "value"), [("PORT", "many"), ("PORT", "70000"), ("CAUTION", "reckless"), ("LLM_TIMEOUT", "0")])
def test_a_wrong_value_is_named_with_what_it_was(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TEMOIN_{name}", value)
    with pytest.raises(SettingsError, match=rf"TEMOIN_{name}.*'{value}'"):
        load_settings()


def test_a_misspelt_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMOIN_PROT", "9000")
    with pytest.raises(SettingsError, match="TEMOIN_PROT"):
        load_settings()


def test_an_unknown_key_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "temoin.toml").write_text("prot = 8000\n", "utf-8")
    with pytest.raises(SettingsError, match="prot"):
        load_settings()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "temoin.toml").write_text("port = \n", "utf-8")
    with pytest.raises(SettingsError, match=r"temoin\.toml"):
        load_settings()


def test_the_readme_holds_the_table_of_settings() -> None:
    spec = importlib.util.spec_from_file_location("settings_table", ROOT / "docs" / "settings.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    readme = (ROOT / "README.md").read_text("utf-8")
    assert module.with_table(readme) == readme
