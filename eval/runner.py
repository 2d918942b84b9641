"""Cases through a system: cached answers at once, the others one by one, each kept the moment it is there.

A run that is stopped, or fails, waits for the answers that are being worked out and keeps them as well.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from typing import Any

from eval.cache import Cache
from eval.cases import Case
from eval.fingerprints import answer_key
from eval.metrics import Judge
from eval.scoring import Row, score
from eval.systems import Lazy
from eval.wire import from_dict, to_dict
from rag.types import Answer

#: Answers given in want of the model: true of that moment only, so they are not kept.
_PASSING = frozenset({"model_unavailable"})

#: Told after each case: (done, to do) of those that the cache did not know.
OnCase = Callable[[int, int], None]


def run(
    cases: Sequence[Case],
    system: Lazy,
    cache: Cache,
    judge: Judge,
    documents: Mapping[str, str],
    *,
    jobs: int = 1,
    on_answer: OnCase = lambda *_: None,
    on_score: OnCase = lambda *_: None,
) -> list[Row]:
    """Every case answered and scored, in the cases' order. Raises RagError where the system cannot work.

    ``jobs`` questions are asked at once: faster on a server made for it, and no times to compare then.
    """
    stored = {case.id: _stored(cache, answer_key(system.key, case)) for case in cases}
    answers = {id: answer for id, answer in stored.items() if answer is not None}
    missing = [case for case in cases if case.id not in answers]
    on_answer(0, len(missing))
    with closing(_each(missing, lambda case: _asked(case, system, cache), jobs)) as asked:
        for done, (case, answer) in enumerate(asked, start=1):
            answers[case.id] = answer
            on_answer(done, len(missing))
    rows = []
    for done, case in enumerate(cases, start=1):
        marks = score(case, answers[case.id], documents, judge)
        rows.append(Row(case, answers[case.id], marks, cached=stored[case.id] is not None))
        on_score(done, len(cases))
    return rows


def _asked(case: Case, system: Lazy, cache: Cache) -> Answer:
    """Ask and keep, both in the thread that asks: nobody may be left to take the answer."""
    answer = system.answer(case.question, case.history)
    if not _PASSING & set(answer.notices):
        cache.put(answer_key(system.key, case), to_dict(answer))
    return answer


def _each(cases: Sequence[Case], ask: Callable[[Case], Answer], jobs: int) -> Generator[tuple[Case, Answer], None, None]:
    if jobs == 1:
        for case in cases:
            yield case, ask(case)
        return
    with ThreadPoolExecutor(jobs) as pool:
        asked = {pool.submit(ask, case): case for case in cases}
        try:
            for future in as_completed(asked):
                yield asked[future], future.result()
        finally:  # what was not begun is not; what was is waited for
            pool.shutdown(cancel_futures=True)


def _stored(cache: Cache, key: str) -> Answer | None:
    value: Any = cache.get(key)
    try:
        return None if value is None else from_dict(value)
    except (KeyError, TypeError, AttributeError):
        return None  # written by another version of the contract
