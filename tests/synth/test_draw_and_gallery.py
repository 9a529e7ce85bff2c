"""Fresh draws, with articles and skins from private folders, and the gallery."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from goldspan.data.corpora import open_corpus
from goldspan.data.schema import data_path
from goldspan.model import About, Gold, GoldBlock, Page, Sample, Span
from goldspan.report.gallery import gallery, harmless
from tests.helpers import goldspan

ARTICLES = data_path("annotations", "articles")


def test_a_draw_is_a_corpus_that_follows_from_its_seed(tmp_path: Path) -> None:
    for name, seed in (("one", "5"), ("two", "5"), ("other", "6")):
        goldspan("draw", "--seed", seed, "--pages", "4", "--out", name, cwd=tmp_path)
    one, two, other = (
        {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two", "other")
    )
    assert one == two
    assert one != other
    assert len(open_corpus(str(tmp_path / "one")).ids) == 4
    goldspan("check", "one", cwd=tmp_path)
    assert "not empty" in goldspan("draw", "--seed", "5", "--out", "one", cwd=tmp_path, code=2).stderr


def test_a_draw_takes_private_articles_and_skins(tmp_path: Path) -> None:
    mine = tmp_path / "articles" / "en" / "the-secret-one.md"
    mine.parent.mkdir(parents=True)
    text = (ARTICLES / "en" / "sand-heat-store.md").read_text(encoding="utf-8")
    mine.write_text(re.sub(r"^title: .*$", 'title: "A heat store nobody knows"', text, flags=re.M), encoding="utf-8")
    from goldspan.synth.site.site_template import TEMPLATES

    shutil.copytree(TEMPLATES / "divs", tmp_path / "skins" / "secret-divs")
    out = tmp_path / "out"
    goldspan(
        "draw", "--seed", "1", "--pages", "3", "--out", out, "--only-own", "--articles", "articles", "--skins", "skins",
        cwd=tmp_path,
    )  # fmt: skip
    for name in open_corpus(str(out)).ids:
        gold = open_corpus(str(out)).load(name).gold
        assert (gold.about.family, gold.about.article) == ("secret-divs", "en/the-secret-one")
        assert gold.metadata["title"] == "A heat store nobody knows"
    empty = goldspan("draw", "--seed", "1", "--out", "x", "--skins", "articles", cwd=tmp_path, code=2)
    assert "holds no skins" in empty.stderr


def sample(html: str) -> Sample:
    blocks = (
        GoldBlock("Menu <b>", "navigation"),
        GoldBlock("The text. Share", "body", "p", spans=(Span(10, 15, "share"),)),
    )
    return Sample(Page("a/b", html.encode()), Gold(About(language="en", page_type="news"), blocks))


def test_a_gallery_shows_labels_and_lets_nothing_run() -> None:
    hostile = "<!DOCTYPE html><script>alert(1)</script><img src=http://tracker.example/x.png><p>Hi"
    files = dict(gallery([sample(hostile)], "Mine"))
    assert sorted(files) == ["a%2Fb.html", "index.html", "pages/a%2Fb.html"]
    shown = files["a%2Fb.html"].decode()
    assert "Menu &lt;b&gt;" in shown
    assert "<sup>share</sup>" in shown
    assert 'sandbox="allow-same-origin"' in shown
    assert "allow-scripts" not in shown
    copy = files["pages/a%2Fb.html"].decode()
    assert copy.startswith('<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy"')
    assert "default-src 'none'" in copy


def test_the_policy_comes_before_anything_of_the_page() -> None:
    for start in ("", "\ufeff", "<!-- a comment --><!DOCTYPE html>", "<?xml version='1.0'?>\n<!doctype html >"):
        copy = harmless(sample(start + "<script src=x></script>")).decode()
        assert copy.index("Content-Security-Policy") < copy.index("<script")


def test_the_gallery_command(tmp_path: Path) -> None:
    page = open_corpus("core").ids[0]
    goldspan("gallery", "--page", page, "--out", "g", cwd=tmp_path)
    assert page in (tmp_path / "g" / "index.html").read_text(encoding="utf-8")
    goldspan("gallery", "--page", page, "--out", "g", cwd=tmp_path, code=2)
