#!/usr/bin/env python3
"""Take the screenshots of the leaderboard's README from a built site: `scripts/studies/site_screens.py site/`.

Wants playwright and a Chromium.
"""

from __future__ import annotations

from pathlib import Path

from checkout import GUIDES
from study import launch, parser_of
from tests.browser import chromium

OUT = GUIDES / "leaderboard" / "screens"
LAID = "boilerpy3-default"


def main() -> int:
    parser = parser_of(__doc__)
    parser.add_argument("site", type=Path)
    site = parser.parse_args().site.resolve()
    OUT.mkdir(exist_ok=True)
    with chromium() as browser:
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
    return 0


if __name__ == "__main__":
    launch(main)
