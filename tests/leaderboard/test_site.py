"""The site of a leaderboard: what its files hold."""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from goldspan.data.corpora import Corpus, open_corpus
from goldspan.data.gold import write_sample
from goldspan.data.schema import data_path, policy_names
from goldspan.errors import UsageError
from goldspan.leaderboard.compression import unpack_lines
from goldspan.leaderboard.entries import add_entry, entry_data, entry_files, entry_from_data, read_entries, slug
from goldspan.leaderboard.site.board import gather
from goldspan.leaderboard.site.build_site import build_site, replace_site
from tests.helpers import make_sample
from tests.leaderboard.made_up import PAGES, SYSTEMS


def test_shipped_entries_are_written_as_they_were_read() -> None:
    """To the byte: a change of the mapping shows in no file."""
    store = data_path("annotations", "results")
    for entry in read_entries(store):
        path = entry_files(store, entry)[0]
        assert orjson.dumps(entry_data(entry)) == b"".join(unpack_lines(path.read_bytes(), str(path))), path


def test_an_entry_comes_back_as_it_was_stored(store: Path) -> None:
    entries = read_entries(store)
    assert [entry.card.name for entry in entries] == list(SYSTEMS)
    for entry in entries:
        assert entry_data(entry_from_data(entry_data(entry), "here")) == entry_data(entry)
        assert set(entry.results) == set(policy_names())


def test_the_same_bundle_is_not_added_twice_and_older_versions_stay(place: Path, store: Path, corpus: Corpus) -> None:
    copy = shutil.copytree(store, place / "grown")
    first = read_entries(copy)[0]
    with pytest.raises(UsageError, match="already, as number 1"):
        add_entry(copy, replace(first, number=9), None)
    add_entry(copy, replace(first, number=9, digest="f" * 64, added="2026-02-01"), None)
    board = gather([copy], corpus)
    assert len(board.entries) == len(SYSTEMS)
    assert board.by_key[first.key].number == 9
    assert [(old.entry.number, old.why) for old in board.old] == [(1, "followed by a newer submission")]
    about = build_site([copy], corpus)["about.html"].decode()
    assert "no. 9" in about
    assert "no. 1," in about


def test_a_store_for_another_corpus_is_refused(place: Path, store: Path, tmp_path: Path) -> None:
    write_sample(tmp_path / "other" / "x", make_sample("x"))
    with pytest.raises(UsageError, match="holds no entry for other@"):
        gather([store], open_corpus(str(tmp_path / "other")))


def test_what_is_learned_from_the_pages_is_shown_unranked(store: Path, corpus: Corpus, site: Path) -> None:
    ranks = {one.system.name: one.rank for one in gather([store], corpus).result.systems}
    assert ranks["learned"] is None
    assert ranks["leaky"] is not None
    assert "not ranked: trained on samples" in (site / "systems" / "learned-1.0.html").read_text()


def test_every_link_leads_somewhere_and_nothing_comes_from_outside(site: Path) -> None:
    import re

    for page in site.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert "default-src &#39;none&#39;" in html
        for kind, link in re.findall(r'\b(href|src)="([^"#]*)', html):
            if link.startswith("https://example.org/"):
                continue
            assert kind == "href", f"{page} loads {link}"
            if link:
                assert (page.parent / link).resolve().is_file(), f"{page} links to {link}"


def test_hostile_texts_stay_text(site: Path) -> None:
    for page in site.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert "<script>window" not in html
        assert "<img src=x" not in html


def test_downloads_hold_the_figures(site: Path, store: Path, corpus: Corpus) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    data = json.loads((site / "data" / "results.json").read_text())
    assert {one["key"] for one in data["systems"]} == {entry.key for entry in read_entries(store)}
    rows = list(csv.DictReader(io.StringIO((site / "data" / "results.csv").read_text())))
    assert len(rows) == len(SYSTEMS) * len(policy_names())
    assert not [value for row in rows for value in row.values() if value[:1] in ("=", "@")]
    table = pq.read_table(site / "data" / "pages.parquet")
    assert table.num_rows == len(SYSTEMS) * PAGES * len(policy_names())
    assert "| # | System |" in (site / "data" / "results.md").read_text()


def test_a_site_replaces_only_a_site(tmp_path: Path) -> None:
    replace_site(tmp_path / "site", {"index.html": b"1", "old.html": b""})
    replace_site(tmp_path / "site", {"index.html": b"2"})
    assert sorted(path.name for path in (tmp_path / "site").iterdir()) == [".goldspan-site", "index.html"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    with pytest.raises(UsageError, match="holds no site"):
        replace_site(tmp_path / "mine", {"index.html": b"3"})


@pytest.mark.parametrize(
    ("key", "wanted"),
    [("a@1?x=y", "a-1-x-y"), ("../../etc", "etc"), ("..", "system"), ("Ünder/../x", "nder-..-x"), ("", "system")],
)
def test_keys_become_harmless_file_names(key: str, wanted: str) -> None:
    assert slug(key) == wanted
    assert "/" not in slug(key)


def test_budgets_with_the_results_that_ship() -> None:
    """Sizes only; how long building and drawing take is measured in tests/speed."""
    core = open_corpus("core")
    store = data_path("annotations", "results")
    if not read_entries(store):
        pytest.skip("no results ship yet: scripts/studies/ship_results.py makes them")
    made = build_site([store], core)
    assert sum(name.startswith("systems/") for name in made) >= 15
    assert sum(name.startswith("samples/") for name in made) >= 240
    assert sum(map(len, made.values())) < 40 * 2**20
    assert len(made["index.html"]) < 600_000
