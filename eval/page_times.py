"""``python -m eval.page_times``: how long until the page serves, is ready, and shows its first evidence.

Starts ``app.py`` on an index that is already made (as it is from the second start on), opens the page in a real
Chromium and asks eight questions, one at a time;
each is stopped once its evidence stands in the panel. Medians; goals beside them.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
STARTS = 3
LOADS = 5
QUESTIONS = (
    "Who is Raúl Torrez?", "Qui est Mark Zuckerberg ?", "What did the Guardian find?", "Que dit Stanford ?",
    "Which states have sued Meta?", "Combien de comptes Meta a-t-il désactivés en août ?",
    "What does the lawsuit allege?", "Que répond Meta ?",
)  # fmt: skip
PAUSE = 3.0  #: seconds between questions, in which the model sees that the last answer is not wanted any more
WATCH = """() => { window.took = 0; const before = performance.now();
  new MutationObserver((_, seen) => { if (document.querySelector("#panel .look .card")) {
    window.took = performance.now() - before; seen.disconnect(); } })
  .observe(document.querySelector("#panel"), {subtree: true, childList: true}); }"""


def start(index: Path) -> tuple[subprocess.Popen[str], str, float]:
    """The running page, its address, and the seconds until it served."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "app.py", "--port", "0"], cwd=ROOT, stderr=subprocess.PIPE, text=True, env=environment(index)
    )
    assert process.stderr
    for line in process.stderr:
        if found := re.search(r"ready on (http://\S+)", line):
            return process, found[1], time.perf_counter() - begun
    raise SystemExit("the page did not start; run python app.py to see why")


def environment(index: Path) -> dict[str, str]:
    """This process's, with an index of its own."""
    return {**os.environ, "TEMOIN_INDEX": str(index), "PYTHONUNBUFFERED": "1"}


def stop(process: subprocess.Popen[str]) -> None:
    """As Ctrl-C would."""
    process.terminate()
    process.wait(60)


def load(browser: Browser, address: str) -> tuple[Page, float]:
    """A page, and the seconds until its question box can be used."""
    page = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 860}).new_page()
    begun = time.perf_counter()
    page.goto(address)
    page.wait_for_selector("body.ready #question textarea")
    return page, time.perf_counter() - begun


def evidence(page: Page, question: str) -> float:
    """Milliseconds from Enter to the first evidence in the panel."""
    page.evaluate(WATCH)
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_function("window.took > 0", timeout=120_000)
    took = float(page.evaluate("window.took"))
    page.locator("#stop").click()
    page.wait_for_selector("article.exchange[aria-busy]", state="detached", timeout=120_000)
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector("#panel .look", state="detached")
    time.sleep(PAUSE)
    return took


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder)
        stop(start(index)[0])  # makes the index
        serving = []
        for turn in range(STARTS):
            process, address, seconds = start(index)
            serving.append(seconds)
            if turn < STARTS - 1:
                stop(process)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
                loads = [load(browser, address) for _ in range(LOADS)]
                page = loads[-1][0]
                time.sleep(20)  # the model loads and reads its prompts meanwhile
                shown = [evidence(page, question) for question in QUESTIONS]
                browser.close()
        finally:
            stop(process)
    print(f"server ready: {statistics.median(serving):.1f} s (goal 15), median of {STARTS} starts")
    print(f"page ready: {statistics.median(each for _, each in loads):.2f} s (goal 2), median of {LOADS}")
    print(
        f"Enter to first evidence: {statistics.median(shown):.0f} ms (goal 300), median of {len(shown)}, worst {max(shown):.0f}"
    )


if __name__ == "__main__":
    main()
