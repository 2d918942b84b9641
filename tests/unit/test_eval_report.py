from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from eval_world import LANGUAGE, TEXTS, Scripted, fair_judge, good_answers, small_set
from markupsafe import escape

from eval.baselines.blind import Blind
from eval.bootstrap import Estimate
from eval.cache import Cache
from eval.figures import BY_NAME
from eval.gate import Flip, Outcome, Verdict
from eval.report import brief, machine, markdown, ratio, shown, write
from eval.results import Run, summed_up
from eval.runner import run
from eval.systems import Lazy
from eval.trust import agreement
from rag.types import Document, Source

NASTY = '<script>alert("x")</script> & <img src=x onerror=y>'


@pytest.fixture
def finished(tmp_path):
    documents = {id: Document(Source(id, f"{id}.txt", LANGUAGE[id], title=f"{id} {NASTY}"), TEXTS[id]) for id in TEXTS}
    answers = good_answers()
    spoilt = answers["Quand le pont a-t-il ouvert ?"]
    answers["Quand le pont a-t-il ouvert ?"] = replace(spoilt, text=NASTY)
    cases = small_set()
    systems = []
    for name, system in (("temoin", Scripted(answers)), ("blind", Blind())):
        rows = run(cases, Lazy(name, name, lambda system=system: system), Cache(tmp_path / name), fair_judge, TEXTS)
        systems.append(summed_up(name, rows))
    flip = Flip("c3", Outcome(True, "answered", "Avant."), Outcome(False, "answered", NASTY, ("fact missing: 2019",)))
    return Run(
        suite="smoke",
        made="2030-01-02 03:04",
        fingerprints={"model": "shipped abc"},
        systems=tuple(systems),
        verdict=Verdict(False, "worse", (("settings", "a=1", "a=2"),), (), (flip,)),
        trust=agreement([("s1", "supported", True), ("s2", "not", False), ("s3", "partly", True)]),
        documents=documents,
        notes=("A note.",),
    )


def test_the_page_escapes_and_asks_for_nothing(finished, tmp_path):
    page = write(finished, tmp_path / "out").read_text(encoding="utf-8")
    assert "<script>alert" not in page and "<img" not in page
    assert not re.search(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", page)
    assert "@import" not in page and "url(" not in page
    assert "default-src 'none'" in page


def test_the_page_shows_every_case_and_marks_its_citation(finished, tmp_path):
    page = write(finished, tmp_path / "out").read_text(encoding="utf-8")
    for one in small_set():
        assert f'id="{one.id}"' in page
    assert "<mark>Il mesure 340 mètres.</mark>" in page
    assert page.count('class="case failed"') == len(finished.main.failed) == 1


def test_parts_have_every_figure_with_interval_and_cases_on_the_page(finished, tmp_path):
    page = write(finished, tmp_path / "out").read_text(encoding="utf-8")
    for name, parts in (("Language pair", finished.main.by_pair), ("Kind", finished.main.by_kind)):
        table = page.split(f'aria-label="{name}: all figures"', 1)[1].split("</table>", 1)[0]
        assert re.findall(r'<th scope="col">([^<]*)', table) == [part.replace("_", " ") for part in parts]
        assert all(f'<th scope="row">{escape(BY_NAME[figure].title)}' in table for figure in finished.main.figures)
    pairs = page.split('aria-label="Language pair: all figures"', 1)[1].split("</table>", 1)[0]
    recall = pairs.split('<th scope="row">Citation recall</th>', 1)[1].split("</tr>", 1)[0]
    assert '1.00 [1.00, 1.00] <span class="n">n 3</span>' in recall


def test_cases_can_be_chosen_by_language_pair(finished, tmp_path):
    page = write(finished, tmp_path / "out").read_text(encoding="utf-8")
    choice = page.split('<select id="pair">', 1)[1].split("</select>", 1)[0]
    assert re.findall(r'value="([^"]*)"', choice) == ["", "fr→fr", "en→fr", "en→en", "none"]
    cases = re.findall(r'id="(\w+)" data-kind="\w+" data-pair="([^"]*)"', page)
    assert dict(cases) == {one.id: one.pair or "none" for one in small_set()}


def test_markdown_gives_parts_with_intervals_and_cases(finished):
    lines = markdown(finished).splitlines()
    head = next(line for line in lines if line.startswith("| Language pair |")).split(" | ")
    french = next(line for line in lines if line.startswith("| fr→fr |")).split(" | ")
    pair = finished.main.by_pair["fr→fr"]["correct"]
    assert (pair.mean, pair.n) == (pytest.approx(2 / 3), 3)
    assert french[head.index("Answer correct")] == "0.67 [.00, 1.00] (3)"
    assert any(line.startswith("| cross_language | 1.00 [1.00, 1.00] (1) |") for line in lines)


def test_markdown_has_rivals_with_ratios_and_the_flip_with_both_answers(finished):
    text = markdown(finished)
    assert "| Answer correct | 0.80 [" in text and "| blind | ratio |" in text
    assert "before (answered): Avant." in text and "now (answered): &lt;script>" in text
    assert "settings: baseline `a=1`, now `a=2`" in text


def test_json_holds_every_answer_in_the_contract(finished):
    data = json.loads(json.dumps(machine(finished)))
    main = data["systems"][0]
    assert [one["id"] for one in main["cases"]] == [one.id for one in small_set()]
    assert main["cases"][0]["answer"]["citations"][0]["quote"] == "Il mesure 340 mètres."
    assert main["figures"]["correct"]["n"] == 5
    assert data["gate"]["passed"] is False


def test_numbers_for_people():
    estimate = Estimate(1234.5, 1000, 2000, 5)
    assert shown(BY_NAME["total_ms"], estimate) == "1.23 s [1.00, 2.00]"
    assert shown(BY_NAME["correct"], Estimate(0.5, 0.25, 0.75, 4), interval=False) == "0.50"
    assert shown(BY_NAME["correct"], None) == "–"
    assert brief(BY_NAME["correct"], Estimate(0.92, 0.87, 0.96, 110)) == "0.92 [.87, .96] (110)"
    assert brief(BY_NAME["total_ms"], Estimate(1234.5, 500, 10_000, 5)) == "1.23 s [.50, 10.00] (5)"
    assert brief(BY_NAME["correct"], None) == "–"
    assert ratio(Estimate(0.9, 0, 1, 1), Estimate(0.3, 0, 1, 1)) == "×3.00"
    assert ratio(Estimate(0.9, 0, 1, 1), Estimate(0, 0, 0, 1)) == "–"
