#!/usr/bin/env python3
"""Take the screenshots of the annotator's README: a page of the core set with draft labels, light and dark.

Wants playwright and a Chromium.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from checkout import GUIDES
from goldspan.annotate.capture import Capture
from goldspan.annotate.new_sample import add_page
from goldspan.annotate.session import open_session
from goldspan.data.corpora import open_corpus
from study import launch, parser_of
from tests.browser import chromium, open_page, serving

OUT = GUIDES / "annotate" / "screens"
FAMILY, LANGUAGE = "broadsheet", "en"


def main() -> int:
    parser_of(__doc__).parse_args()
    core = open_corpus("core")
    samples = map(core.load, core.ids)
    found = next(one for one in samples if (one.gold.about.family, one.gold.about.language) == (FAMILY, LANGUAGE))
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        capture = Capture(found.page.data, found.page.url)
        about = replace(found.gold.about, family=None, article=None, mess=(), origin="crawled")
        add_page(capture, Path(folder), id=found.id, about=about)
        with serving(open_session(Path(folder), [found.id], "ada")) as served:
            page = open_page(browser, served)
            page.set_viewport_size({"width": 1360, "height": 800})
            first = next(n for n, block in enumerate(found.gold.blocks or ()) if block.label == "title")
            page.locator(f"#block-{first - 1}").click()
            page.keyboard.press("Shift+Enter")
            page.locator(f"#block-{first}").click()
            page.locator("#status:text-is('saved')").wait_for(timeout=20_000)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.wait_for_timeout(400)
                page.screenshot(path=OUT / f"{scheme}.png")
            page.close()
    return 0


if __name__ == "__main__":
    launch(main)
