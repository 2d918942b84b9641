"""Second opinions on support, each optional: a cross-encoder for natural-language inference, or the language model.

A judge's log-odds join the verifier's own (``Calibration.judge_weight``); figures, names and polarity stay fatal
whatever it says, because such models overlook a changed number.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rag.errors import ModelError
from rag.models.llm import Llm
from rag.models.yes_no import weigh

if TYPE_CHECKING:
    import numpy as np

    from rag.verification.support import Judge

_MOST = 6.0  # no opinion weighs more than this, in log-odds
_ASK = (
    "You check statements against a source. Answer Yes if the source says what the statement says, in either "
    "language, and No if it does not, says otherwise, or says only a part of it. Answer with Yes or No alone."
)
_EXAMPLES = (
    ("Le pont a été construit en pierre par deux maçons.", "Two masons built the bridge.", "Yes"),
    ("The library opens on Sundays.", "La bibliothèque est fermée le dimanche.", "No"),
    ("The bakery sold bread to the school.", "The bakery sold bread to the hospital.", "No"),
)


def open_judge(checker: Literal["off", "llm"] | Path, llm: Llm) -> Judge | None:
    """The judge that the setting ``checker`` names: none, ``llm``, or the cross-encoder in a folder. Raises ModelError."""
    if checker == "off":
        return None
    if checker == "llm":
        return ModelJudge(llm)
    return CrossEncoderJudge(Path(checker))


class CrossEncoderJudge:
    """A sentence-transformers CrossEncoder from a local folder, trained to tell entailment."""

    def __init__(self, folder: Path) -> None:
        """Load it. Raises ModelError where the folder holds no such model."""
        from sentence_transformers import CrossEncoder

        try:
            self._model: Any = CrossEncoder(str(folder), device="cpu", local_files_only=True)
            labels = {str(name).lower(): int(at) for at, name in dict(self._model.config.id2label).items()}
        except Exception as error:  # whatever the libraries raise on a folder that is not a model
            raise ModelError(
                f"{folder} cannot be loaded as a cross-encoder ({type(error).__name__}); "
                "set TEMOIN_CHECKER to a folder of one, to llm or to off"
            ) from error
        self._entails = labels.get("entailment", 0)
        if len(labels) > 1 and "entailment" not in labels:
            raise ModelError(
                f"{folder} has no label 'entailment' ({', '.join(labels)}); "
                "set TEMOIN_CHECKER to a model trained on natural-language inference"
            )

    def log_odds(self, evidence: str, statement: str) -> float:
        """Log-odds of entailment against all else."""
        import torch

        logits: np.ndarray[Any, Any] = self._model.predict(
            [(evidence, statement)], activation_fn=torch.nn.Identity(), show_progress_bar=False
        )[0]
        if getattr(logits, "size", 1) == 1:
            return _bounded(float(logits))
        rest = [float(value) for at, value in enumerate(logits) if at != self._entails]
        return _bounded(float(logits[self._entails]) - math.log(sum(math.exp(value) for value in rest)))


class ModelJudge:
    """The language model itself, asked Yes or No after three examples."""

    def __init__(self, llm: Llm) -> None:
        self._llm = llm

    def log_odds(self, evidence: str, statement: str) -> float:
        """Its log-odds of Yes at the first token. Raises ModelUnavailable."""
        messages: list[tuple[Any, str]] = [("system", _ASK)]
        for source, said, answer in _EXAMPLES:
            messages += [("user", _question(source, said)), ("assistant", answer)]
        odds, _ = weigh(self._llm, [*messages, ("user", _question(evidence, statement))])
        return _bounded(odds)


def _question(evidence: str, statement: str) -> str:
    return f"Source: {evidence}\nStatement: {statement}"


def _bounded(value: float) -> float:
    return max(-_MOST, min(_MOST, value))
