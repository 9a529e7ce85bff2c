"""Small samples and corpora that several tests build."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from goldspan.core.text import build_stream
from goldspan.data.gold import write_sample
from goldspan.model import About, Gold, GoldBlock, Page, Sample

ROOT = Path(__file__).resolve().parents[1]
PYTHONPATH = str(ROOT / "benchmark")
GOLDSPAN = [sys.executable, "-c", "from goldspan.cli import main; main()"]

ARTICLE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Heron returns</title></head><body>
<nav><a href="/">Home</a> <a href="/news">News from the valley</a></nav>
<h1>Heron returns to the mill pond</h1>
<p class="by">By Ada Ferring</p>
<p>A grey heron that left the mill pond two winters ago was seen again on Tuesday morning.</p>
<p>The miller, who feeds nobody, said the bird had brought its own breakfast along.</p>
<div class="ad">Buy two kettles today and get a third one free</div>
<p>Nobody in the village expects it to stay beyond the first frost of November.</p>
<footer>Copyright of the Valley Gazette, all rights reserved</footer></body></html>"""

LABELS = ("navigation", "title", "byline", "body", "body", "advertisement", "body", "legal")


def make_sample(
    name: str = "en-heron-1", html: str = ARTICLE, labels: tuple[str, ...] = LABELS, **about: str
) -> Sample:
    """A sample whose blocks have the given labels, in order."""
    page = Page(name, html.encode(), f"https://{name}.example/story", encoding="utf-8")
    blocks = tuple(
        GoldBlock(block.text, label, "p" if label == "body" else None, hidden=block.hidden)
        for block, label in zip(build_stream(page), labels, strict=True)
    )
    facts = {"language": "en", "page_type": "news", "origin": "authored", "licence": "CC-BY-4.0", **about}
    metadata = {"title": "Heron returns to the mill pond", "authors": ["Ada Ferring"], "published": None}
    gold = Gold(About(**facts), blocks, metadata=metadata, canary="goldspan-test")  # type: ignore[arg-type]
    return Sample(page, gold)


def make_corpus(folder: Path, count: int = 3) -> Path:
    """A folder with that many samples, of different pages."""
    for number in range(count):
        name = f"en-heron-{number}"
        write_sample(folder / name, make_sample(name, ARTICLE.replace("Tuesday", f"Tuesday the {number + 3}th")))
    return folder


def goldspan(*words: str | Path, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder; a traceback is never the answer."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "benchmark"),
        "XDG_CACHE_HOME": str(cwd / "cache"),
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        [*GOLDSPAN, *map(str, words)], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done
