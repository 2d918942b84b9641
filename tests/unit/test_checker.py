"""A second opinion on wordings (TEMOIN_CHECKER): the language model, or a cross-encoder in a folder; off by default."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.errors import ModelError
from rag.settings import load_settings
from rag.types import Statement
from rag.verification import judges
from rag.verification.judges import CrossEncoderJudge
from rag.verification.support import Calibration
from tests.scripted import ScriptedLlm
from tests.shelf import synced
from tests.stand import plain_calibration

COST = "Les travaux du pont de Valmont ont coûté 4 millions d'euros."
WORDING = "The works on the Valmont bridge cost 4 million euros."
ASKED = f"Source: {COST}\nStatement: {WORDING}"


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Support that the fake embedder can earn."""
    monkeypatch.setattr(Calibration, "shipped", plain_calibration)


def said(folder: Path, llm: ScriptedLlm, **settings: object) -> Statement:
    """The one statement of an answer whose witness is believed and translated well."""
    with synced(folder, {"pont.txt": COST + "\n"}, translations="on", **settings) as library:
        (statement,) = Assistant(library.settings, library, llm).answer("How much did the Valmont bridge cost?").statements
    return statement


def model(opinion: float, **script: int) -> ScriptedLlm:
    return ScriptedLlm(odds={"Statement:": opinion, "Question:": 4.0}, replies={COST: WORDING}, **script)  # type: ignore[arg-type]


def test_nobody_is_asked_unless_configured(tmp_path: Path) -> None:
    llm = model(-6.0)
    assert said(tmp_path, llm).text == WORDING
    assert ASKED not in llm.weighed


@pytest.mark.parametrize(("opinion", "origin"), [(4.0, "translated"), (-6.0, "repaired")])
def test_the_language_model_joins_the_features(opinion: float, origin: str, tmp_path: Path) -> None:
    llm = model(opinion)
    assert said(tmp_path, llm, checker="llm").origin == origin
    assert llm.weighed.count(ASKED) == 1


def test_a_model_that_goes_while_it_checks_leaves_the_quotation(tmp_path: Path) -> None:
    """Heard and translated, then gone: what follows is checked without it."""
    llm = model(4.0, fails_after=2)
    assert said(tmp_path, llm, checker="llm").verbatim
    assert llm.tried == 3


@pytest.mark.parametrize(("opinion", "origin"), [(4.0, "translated"), (-6.0, "repaired")])
def test_a_cross_encoder_joins_the_features(opinion: float, origin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []

    class Fake(CrossEncoderJudge):
        def __init__(self, folder: Path) -> None:
            opened.append(folder)

        def log_odds(self, evidence: str, statement: str) -> float:
            assert (evidence, statement) == (COST, WORDING)
            return opinion

    monkeypatch.setattr(judges, "CrossEncoderJudge", Fake)
    assert said(tmp_path, model(4.0), checker=tmp_path / "nli").origin == origin
    assert opened == [tmp_path / "nli"]


def test_the_setting_is_one_of_two_words_or_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings().checker == "off"
    for value, expected in (("llm", "llm"), ("off", "off"), ("models/nli", Path("models/nli"))):
        monkeypatch.setenv("TEMOIN_CHECKER", value)
        assert load_settings().checker == expected


def test_a_folder_that_holds_no_model_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nli cannot be loaded as a cross-encoder .*TEMOIN_CHECKER") as caught:
        CrossEncoderJudge(tmp_path / "nli")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("labels", "fine"), [(("contradiction", "entailment", "neutral"), True), (("no", "yes"), False)])
def test_a_folder_of_an_nli_model_is_loaded(labels: tuple[str, ...], fine: bool, tmp_path: Path) -> None:
    """A tiny one with random weights: its opinion is worth nothing, but it has one."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    (tmp_path / "vocab.txt").write_text("\n".join(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "bridge")), "utf-8")
    BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8, "vocab_size": 7}
    config = BertConfig(**sizes, id2label=dict(enumerate(labels)), label2id={name: n for n, name in enumerate(labels)})
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    if not fine:
        with pytest.raises(ModelError, match="no label 'entailment'"):
            CrossEncoderJudge(tmp_path)
        return
    judge = CrossEncoderJudge(tmp_path)
    odds = judge.log_odds("the bridge", "the bridge")
    assert -6.0 <= odds <= 6.0
    assert odds == judge.log_odds("the bridge", "the bridge")
