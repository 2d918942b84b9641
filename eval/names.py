"""The names that the command line takes, apart from what they stand for, so that ``--help`` is quick."""

from __future__ import annotations

from eval.cases import KINDS

__all__ = ["KINDS", "PUBLIC", "RIVALS"]

#: What ``--against`` takes, with the files of ``eval/`` that shape its answers.
RIVALS: dict[str, tuple[str, ...]] = {
    "citation-query-engine": ("eval/baselines/citation_query_engine.py", "eval/baselines/free_text.py"),
    "joint": ("eval/baselines/joint.py", "eval/baselines/free_text.py"),
    "joint-source-first": ("eval/baselines/joint.py", "eval/baselines/free_text.py"),
    "passage": ("eval/baselines/passage.py",),
    "blind": ("eval/baselines/blind.py",),
    "liar": ("eval/baselines/liar.py",),
}
PUBLIC = ("nomiracl", "clapnq")
