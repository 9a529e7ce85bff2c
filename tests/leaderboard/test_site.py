"""The site of a leaderboard: what its files hold."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from goldspan.data.corpora import Corpus, open_corpus
from goldspan.data.gold import write_sample
from goldspan.data.schema import data_path, policy_names
from goldspan.errors import UsageError
from goldspan.leaderboard.compression import unpack_lines
from goldspan.leaderboard.entries import add_entry, entry_data, entry_files, entry_from_data, read_entries, slug
from goldspan.leaderboard.site.board import Board, gather
from goldspan.leaderboard.site.build_site import build_site, pairs_page, replace_site
from goldspan.leaderboard.site.overview import overview
from goldspan.leaderboard.verification import POLICY
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


def shipped_board() -> Board:
    core = open_corpus("core")
    store = data_path("annotations", "results")
    if not read_entries(store):
        pytest.skip("no results ship yet: scripts/studies/ship_results.py makes them")
    return gather([store], core)


@pytest.mark.parametrize("which", ["made up", "shipped"])
def test_the_overview_says_what_the_pairs_say(which: str, store: Path, corpus: Corpus) -> None:
    """A range goes from one more than the pairs that are lost significantly to all but those that are won."""
    board = gather([store], corpus) if which == "made up" else shipped_board()
    data = overview_data(board)
    ranges = dict(zip((one["key"] for one in data["systems"]), data["ranks"][POLICY], strict=True))
    cells = matrix(board)
    ranked = [key for key, found in ranges.items() if found is not None]
    assert 2 <= len(ranked) < len(ranges)
    for key in ranked:
        wins = sum(is_bold and gap > 0 for gap, is_bold, _ in cells[key].values())
        losses = sum(is_bold and gap < 0 for gap, is_bold, _ in cells[key].values())
        assert ranges[key] == [1 + losses, len(ranked) - wins]
    for key, row in cells.items():
        for other, (_, is_bold, is_tested) in row.items():
            assert is_tested == (key in ranked and other in ranked)
            assert is_tested or not is_bold
    assert len({tuple(ranges[key]) for key in ranked}) > 1


def test_one_more_system_without_a_rank_moves_no_range(place: Path, store: Path, corpus: Corpus) -> None:
    without = shutil.copytree(store, place / "without")
    for path in without.glob("*learned*"):
        path.unlink()
    assert gather([without], corpus).standings[POLICY].ranks == gather([store], corpus).standings[POLICY].ranks


def overview_data(board: Board) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', overview(board).decode(), re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def matrix(board: Board) -> dict[str, dict[str, tuple[float, bool, bool]]]:
    """The page of pairs: for each system and other one the difference, whether it is bold, whether it was tested."""
    html = pairs_page(board).decode()
    keys = [entry.key for entry in board.ordered]
    found = {}
    for key, row in zip(keys, re.findall(r"<tr><th class=.name. scope=.row.>.*?</tr>", html, re.DOTALL), strict=True):
        cells = re.findall(r'<td(?: class="(\w+)")?>(?:<a [^>]*>([^<]*)</a>|·)</td>', row)
        found[key] = {
            other: (float(text), kind == "best", kind != "untested")
            for other, (kind, text) in zip(keys, cells, strict=True)
            if other != key
        }
    return found


def test_every_link_leads_somewhere_and_nothing_comes_from_outside(site: Path) -> None:
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
    ranks = {one["key"]: one["ranks"][POLICY] for one in data["systems"]}
    found = gather([store], corpus).standings[POLICY].ranks
    assert ranks == {key: [found[key].best, found[key].worst] if key in found else None for key in ranks}
    rows = list(csv.DictReader(io.StringIO((site / "data" / "results.csv").read_text())))
    stated = {row["system"]: row["rank"] for row in rows if row["policy"] == POLICY}
    assert stated == {key: "-".join(map(str, dict.fromkeys(rank or ()))) for key, rank in ranks.items()}
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
