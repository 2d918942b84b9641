"""Take the pictures of the README from the running page: ``python docs/screenshots.py [FOLDER]``.

Starts the page on a free port, asks one question in each language in a real Chromium, opens the first citation,
and saves the page wide and as a phone shows it, light and dark.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).parents[1]
QUIET = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync"
QUESTIONS = {
    "fr": ("fr-FR", "Quel âge avaient les faux profils utilisés par les enquêteurs ?"),
    "en": ("en-GB", "Has Meta responded to the lawsuit?"),
}
ANSWER_MS = 180_000


def main(folder: Path) -> None:
    """Serve, ask, save ``page-<language>[-phone][-dark].png``."""
    server = subprocess.Popen(
        [sys.executable, "app.py", "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert server.stdout is not None
        address = next(found[0] for line in server.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        _ready(address)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET.split())
            for language in QUESTIONS:
                for width, height, suffix in ((1280, 860, ""), (390, 780, "-phone")):
                    _take(browser, address, language, (width, height), folder / f"page-{language}{suffix}")
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=30)


def _ready(address: str) -> None:
    """Ask a question first: the pictures show what a question takes, not what the first one after a start does."""
    body = json.dumps({"question": QUESTIONS["en"][1]}).encode()
    with urlopen(Request(f"{address}/v1/ask", body, {"Content-Type": "application/json"}), timeout=ANSWER_MS / 1000):
        pass


def _take(browser: Browser, address: str, language: str, size: tuple[int, int], path: Path) -> None:
    locale, question = QUESTIONS[language]
    context = browser.new_context(locale=locale, viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("body.ready #question textarea")
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("article.exchange:not([aria-busy])")).to_have_count(1, timeout=ANSWER_MS)
    page.locator("a.cite").first.click()
    expect(page.locator("#panel mark.here")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(400)
        page.screenshot(path=f"{path}{'-dark' if scheme == 'dark' else ''}.png")
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")
