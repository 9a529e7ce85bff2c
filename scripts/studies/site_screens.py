#!/usr/bin/env python3
"""Take the screenshots of the leaderboard's README from a built site: `scripts/studies/site_screens.py site/`.

Wants playwright and a Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from checkout import ROOT

OUT = ROOT / "benchmark" / "goldspan" / "leaderboard" / "screens"
LAID = "boilerpy3-default"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def main() -> int:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path)
    site = parser.parse_args().site.resolve()
    OUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"file://{site}/index.html")
        page.screenshot(path=OUT / "overview.png")
        page.goto(f"file://{site}/strata.html")
        page.screenshot(path=OUT / "strata.png")
        # A page on which the system did not do well shows the most.
        system = next(path for path in sorted(site.glob("systems/*.html")) if path.name.startswith(LAID))
        page.goto(f"file://{system}")
        page.locator("th.page a").nth(15).click()
        page.set_viewport_size({"width": 1000, "height": 640})
        page.screenshot(path=OUT / "page.png")
        telephone = browser.new_page(viewport={"width": 390, "height": 780}, color_scheme="dark")
        telephone.goto(f"file://{site}/index.html")
        telephone.evaluate("document.getElementById('choices').scrollIntoView()")
        telephone.screenshot(path=OUT / "telephone.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
