"""A made-up corpus, and systems that are each good at something else."""

from __future__ import annotations

from pathlib import Path

from goldspan.data.corpora import Corpus, open_corpus
from goldspan.data.gold import write_sample
from goldspan.leaderboard.verification import remembered
from tests.helpers import ARTICLE, make_sample

HOSTILE = '<script>window.hacked=1</script><img src=x onerror="window.hacked=1"> </script>'
PAGES = 120


def corpus_of(folder: Path) -> Corpus:
    """Pages of three types and four languages, two of which have too few; of 13 families and 11 articles."""
    for number in range(PAGES):
        kind = ("news", "news", "blog", "news", "recipe", "blog")[number % 6]
        language = ("en", "en", "en", "en", "en", "en", "de", "de", "ja", "fr")[number % 10]
        name = f"{language}-page-{number:03}"
        html = ARTICLE.replace("Tuesday", f"Tuesday the {number}th")
        about = {"page_type": kind, "language": language, "family": f"f{number % 13}", "article": f"a{number % 11}"}
        write_sample(folder / name, make_sample(name, html, **about))
    return remembered(open_corpus(str(folder)))


def texts(corpus: Corpus, system: str) -> dict[str, str]:
    """What a made-up system puts out: each is good at something else."""
    found = {}
    for number, name in enumerate(corpus.ids):
        gold = corpus.load(name).gold
        body = [block.text for block in gold.blocks or () if block.label == "body"]
        noise = [block.text for block in gold.blocks or () if block.label in ("navigation", "advertisement", "legal")]
        if system == "news-lover":
            found[name] = "\n".join(body if gold.about.page_type == "news" else body[:1])
        elif system == "blog-lover":
            found[name] = "\n".join(body if gold.about.page_type == "blog" else body[:2])
        elif system == "leaky":
            found[name] = "\n".join(body + noise)
        elif system == "inventor":
            found[name] = "\n".join([*body, HOSTILE if number == 0 else "Words that stand nowhere at all"])
        else:
            found[name] = "\n".join(body)
    return found


SYSTEMS = {
    "news-lover": {"licence": "MIT", "needs": {"network": False, "gpu": False, "javascript": False}},
    "blog-lover": {"licence": "GPL-3.0", "needs": {"network": False, "gpu": True}},
    "leaky": {"licence": "Apache-2.0", "needs": {"network": True}},
    "inventor": {"about": HOSTILE, "contact": HOSTILE, "licence": HOSTILE, "homepage": "https://example.org/a"},
    "learned": {"kind": "model", "trained_on": ["samples"]},
}
