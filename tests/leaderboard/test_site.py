"""The site of a leaderboard: what it holds, and what it does in a real browser."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from goldspan.data.corpora import Corpus, open_corpus
from goldspan.data.files import write_folder
from goldspan.data.gold import write_sample
from goldspan.data.runs import SystemRun
from goldspan.data.schema import data_path, policy_names
from goldspan.errors import UsageError
from goldspan.leaderboard.bundle import bundle_files, read_bundle
from goldspan.leaderboard.challenge import Fresh
from goldspan.leaderboard.compression import unpack_lines
from goldspan.leaderboard.entries import (
    add_entry,
    entry_data,
    entry_files,
    entry_from_data,
    make_entry,
    read_entries,
    slug,
)
from goldspan.leaderboard.site.board import gather
from goldspan.leaderboard.site.build_site import build_site, replace_site
from goldspan.leaderboard.site.overview import joined_strata
from goldspan.leaderboard.submission import make_bundle
from goldspan.leaderboard.verification import remembered, verify
from goldspan.model import Extraction, Prediction, Score, System
from tests.browser import axe_source, chromium
from tests.helpers import ARTICLE, make_sample
from tests.leaderboard.mix_reference import effective_pages, mix_scores, mix_weights, unpack_scores

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = '<script>window.hacked=1</script><img src=x onerror="window.hacked=1"> </script>'
PAGES = 60
FAULTS = {"kept", "lost", "leaked", "invented", "repeated"}


def corpus_of(folder: Path) -> Corpus:
    """Pages of three types and four languages, two of which have too few; of eight families and six articles."""
    for number in range(PAGES):
        kind = ("news", "news", "blog", "news", "recipe", "blog")[number % 6]
        language = ("en", "en", "en", "en", "en", "en", "de", "de", "ja", "fr")[number % 10]
        name = f"{language}-page-{number:02}"
        html = ARTICLE.replace("Tuesday", f"Tuesday the {number}th")
        about = {"page_type": kind, "language": language, "family": f"f{number % 8}", "article": f"a{number % 6}"}
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


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def corpus(place: Path) -> Corpus:
    return corpus_of(place / "samples")


@pytest.fixture(scope="module")
def store(place: Path, corpus: Corpus) -> Path:
    for number, (name, stated) in enumerate(SYSTEMS.items(), start=1):
        system = System(name, "1.0", {"note": HOSTILE} if name == "inventor" else {})
        predictions = {
            page: Prediction(system.key, page, "ok", Extraction(text), ms=number + 0.5, peak_mb=10.0)
            for page, text in texts(corpus, name).items()
        }
        if name == "inventor":
            failed = corpus.ids[1]
            predictions[failed] = Prediction(system.key, failed, "error", error=HOSTILE)
        run = SystemRun(system, 5.0, "none", predictions)
        write_folder(place / name, bundle_files(make_bundle(name, run, corpus, dict(stated))))
        verified = verify(read_bundle(place / name), corpus)
        fresh = Fresh(Score(0.5, 0.4, 0.6, 20), "fresh@1|…") if name == "leaky" else None
        add_entry(place / "store", *make_entry(verified, corpus, fresh, number, "2026-01-31"))
    return place / "store"


@pytest.fixture(scope="module")
def site(place: Path, store: Path, corpus: Corpus) -> Path:
    replace_site(place / "site", build_site([store], corpus))
    return place / "site"


# The store and the files


def test_an_entry_comes_back_as_it_was_stored(store: Path) -> None:
    entries = read_entries(store)
    assert [entry.card.name for entry in entries] == list(SYSTEMS)
    for entry in entries:
        assert entry_data(entry_from_data(entry_data(entry), "here")) == entry_data(entry)
        assert set(entry.results) == set(policy_names())


def test_shipped_entries_are_written_as_they_were_read() -> None:
    """To the byte: a change of the mapping shows in no file."""
    store = data_path("annotations", "results")
    for entry in read_entries(store):
        path = entry_files(store, entry)[0]
        assert orjson.dumps(entry_data(entry)) == b"".join(unpack_lines(path.read_bytes(), str(path))), path


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


# Mixes


def test_weights_give_the_shares_that_were_asked_for() -> None:
    types = ["news"] * 20 + ["blog"] * 20
    languages = (["en"] * 15 + ["de"] * 5) * 2
    weights = mix_weights(40, [(types, {"news": 30, "blog": 10}), (languages, {"en": 1, "de": 1})])
    assert weights is not None
    assert weights[:20].sum() == pytest.approx(0.75)
    assert sum(w for w, name in zip(weights, languages, strict=True) if name == "de") == pytest.approx(0.5)
    assert effective_pages(mix_weights(40, [(types, {"news": 1, "blog": 1})])) == pytest.approx(40)  # type: ignore[arg-type]


def test_too_few_pages_and_impossible_shares_are_refused() -> None:
    types = ["news"] * 20 + ["blog"] * 9
    assert mix_weights(29, [(types, {"news": 1, "blog": 1})]) is None
    assert mix_weights(29, [(types, {"news": 0})]) is None
    apart = (["a"] * 10 + ["b"] * 10, ["x"] * 10 + ["y"] * 10)
    assert mix_weights(20, [(apart[0], {"a": 1}), (apart[1], {"y": 1})]) is None


def test_a_mix_ranks_what_is_better_on_it() -> None:
    types = ["news"] * 20 + ["blog"] * 20
    scores = {"n": [0.9] * 20 + [0.5, 0.4] * 10, "b": [0.5, 0.6] * 10 + [0.9] * 20, "none": [None] * 40}
    clusters = [(str(number),) for number in range(40)]
    for share, first in ((10, "b"), (90, "n")):
        weights = mix_weights(40, [(types, {"news": share, "blog": 100 - share})])
        assert weights is not None
        found = mix_scores(scores, weights, clusters, ["n", "b", "none"])
        assert found[first].rank == 1
        assert found["none"].rank is None
        assert found[first].low < found[first].value < found[first].high
        assert {found["n"].rank, found["b"].rank} == {1, 2}
    assert found["n"].value == pytest.approx(0.9 * 0.9 + 0.1 * 0.45)


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test on any error or request that leaves the folder."""
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("request", lambda sent: None if sent.url.startswith("file:") else faults.append(sent.url))
    yield page
    assert faults == []
    assert not page.evaluate("window.hacked")
    context.close()


def column(page: Page, number: int) -> list[str]:
    return page.eval_on_selector_all(
        "#table tbody tr:not([hidden])", f"rows => rows.map(row => row.cells[{number}].textContent.trim())"
    )


def names(page: Page) -> list[str]:
    return [name.split("@")[0] for name in column(page, 1)]


def test_the_overview_sorts(page: Page, site: Path) -> None:
    page.goto(f"file://{site}/index.html")
    assert len(names(page)) == len(SYSTEMS)
    page.get_by_role("button", name="Leaked").click()
    values = [float(text) for text in column(page, 6)]
    assert values == sorted(values, reverse=True)
    page.get_by_role("button", name="Leaked").click()
    assert [float(text) for text in column(page, 6)] == sorted(values)
    page.get_by_role("button", name="System").click()
    assert names(page) == sorted(names(page))


def test_filters(page: Page, site: Path) -> None:
    page.goto(f"file://{site}/index.html")
    page.get_by_label("no network").check()
    assert set(names(page)) == {"news-lover", "blog-lover"}  # what is not stated counts as needed
    page.get_by_label("no GPU").check()
    assert names(page) == ["news-lover"]
    page.get_by_label("no network").uncheck()
    page.get_by_label("no GPU").uncheck()
    page.get_by_label("Licence").select_option("*")
    assert set(names(page)) == {"news-lover", "leaky"}
    page.get_by_label("Licence").select_option("")
    assert names(page)[0] != "blog-lover"
    page.get_by_label("Page type").select_option("blog")
    assert page.locator("#says").text_content() == "Ranked by your choice: as good as 20 pages of equal weight."
    scores = dict(zip(names(page), column(page, 2), strict=True))
    assert scores["blog-lover"].startswith("1.000")
    assert page.locator("#by-language option[value=fr]").is_disabled()
    assert "too few" in (page.locator("#by-language option[value=fr]").text_content() or "")


def test_published_stands_beside_fresh_and_sorts_by_the_difference(page: Page, site: Path) -> None:
    page.goto(f"file://{site}/index.html")
    at = page.eval_on_selector_all("#table th[scope=col]", "heads => heads.map(head => head.textContent.trim())").index(
        "Published / fresh"
    )
    shown = dict(zip(names(page), column(page, at), strict=True))
    assert shown["leaky"].endswith(" / .500")
    assert shown["news-lover"] == "not verified fresh"
    page.get_by_role("button", name="Published / fresh").click()
    assert names(page)[0] == "leaky"


def test_the_policy_switch_changes_scores_and_chart(page: Page, site: Path, store: Path, corpus: Corpus) -> None:
    page.goto(f"file://{site}/index.html")
    board = gather([store], corpus)
    for policy in policy_names():
        page.get_by_label(policy, exact=True).check()
        shown = dict(zip(names(page), column(page, 2), strict=True))
        for one in board.results[policy].systems:
            assert shown[one.system.name].startswith(f"{one.scores['body.f1'].value:.3f}".removeprefix("0"))
        assert page.locator("#cost [data-policy]:visible").get_attribute("data-policy") == policy


@pytest.mark.parametrize(
    "moved",
    [
        {"page_type": {"news": 5, "blog": 90, "recipe": 20}},
        {"language": {"en": 70, "de": 30, "all others": 0}},
        {"page_type": {"news": 100, "blog": 50, "recipe": 1}, "language": {"en": 1, "de": 3, "all others": 2}},
    ],
)
def test_the_mix_ranks_as_python_does(
    page: Page, site: Path, store: Path, corpus: Corpus, moved: dict[str, dict[str, int]]
) -> None:
    page.goto(f"file://{site}/index.html")
    page.locator("#mix summary").click()
    for by, shares in moved.items():
        for name, share in shares.items():
            page.eval_on_selector(
                f'fieldset[data-by="{by}"] input[data-stratum="{name}"]',
                f"input => {{ input.value = {share}; input.dispatchEvent(new Event('input', {{bubbles: true}})); }}",
            )
    board = gather([store], corpus)
    data = json.loads(page.locator("#data").text_content() or "")
    margins = [(joined_strata(board, by), shares) for by, shares in moved.items()]
    weights = mix_weights(PAGES, margins)
    assert weights is not None
    keys = [one["key"] for one in data["systems"]]
    scores = {key: unpack_scores(packed)[0] for key, packed in zip(keys, data["scores"]["neutral"], strict=True)}
    ranked = [one["key"] for one in data["systems"] if one["ranked"]]
    wanted = mix_scores(scores, weights, board.clusters, ranked)
    order = sorted(wanted, key=lambda key: (wanted[key].rank or 99, -wanted[key].value))
    shown = page.eval_on_selector_all(
        "#table tbody tr",
        "rows => rows.map(row => [row.cells[1].textContent, row.cells[0].dataset.v, row.cells[2].dataset.v])",
    )
    found = {key: (rank, float(value)) for key, rank, value in shown}
    assert [key for key, _, _ in shown] == order
    for key in order:
        assert found[key][0] == str(wanted[key].rank or "")
        assert found[key][1] == pytest.approx(wanted[key].value, abs=1e-12)
        low, high = wanted[key].low, wanted[key].high
        said = f"[{low:.3f} {high:.3f}]".replace("[0.", "[.").replace(" 0.", " .")
        assert said in page.locator("#table tr", has_text=key.split("?")[0]).first.text_content()  # type: ignore[operator]
    page.get_by_role("button", name="As measured").click()
    assert page.locator("#says").text_content() == ""


def test_shares_of_nothing_are_refused(page: Page, site: Path) -> None:
    page.goto(f"file://{site}/index.html")
    page.locator("#mix summary").click()
    before = column(page, 2)
    page.eval_on_selector_all(
        'fieldset[data-by="language"] input',
        "all => all.forEach(input => { input.value = 0; input.dispatchEvent(new Event('input', {bubbles: true})); })",
    )
    assert "Shown as measured" in (page.locator("#says").text_content() or "")
    assert column(page, 2) == before


def test_an_overlay_opens_from_a_link_and_markup_in_it_is_text(page: Page, site: Path, corpus: Corpus) -> None:
    first = corpus.ids[0]
    page.goto(f"file://{site}/samples/{first}.html")
    assert page.locator("#page .piece.body").count() == 3
    page.get_by_label("Laid over it:").select_option(label="leaky")
    assert page.locator("#page .kept").count() == 3
    assert "Buy two kettles" in (page.locator("#page .leaked").nth(1).text_content() or "")
    inventor = next(name for name in os.listdir(site / "systems") if name.startswith("inventor")).removesuffix(".html")
    page.goto(f"file://{site}/samples/{first}.html#{inventor}")
    page.reload()
    said = page.locator("#beside").text_content() or ""
    assert "<script>window.hacked=1</script>" in said
    assert page.locator("#beside .invented").count() > 0
    assert page.locator("main img").count() == 0
    page.get_by_label("Laid over it:").select_option(label="the gold alone")
    assert page.locator("#page .piece.body").count() == 3


def test_kinds_of_words_differ_by_letter_and_by_pattern(page: Page, site: Path, corpus: Corpus) -> None:
    page.goto(f"file://{site}/samples/{corpus.ids[0]}.html")
    looks = page.eval_on_selector_all(
        ".laid-legend.legend span",
        """spans => spans.map(span => {
             const own = getComputedStyle(span);
             return [span.className, getComputedStyle(span, '::before').content,
                     [own.textDecorationLine, own.textDecorationStyle, own.backgroundImage].join()];
           })""",
    )
    faults = {name: (letter, pattern) for name, letter, pattern in looks if name in FAULTS}
    assert set(faults) == FAULTS
    assert {letter for letter, _ in faults.values()} == {'"K"', '"L"', '"X"', '"I"', '"R"'}
    assert len({pattern for _, pattern in faults.values()}) == len(FAULTS)


def test_hostile_cards_and_errors_do_nothing(page: Page, site: Path, corpus: Corpus) -> None:
    inventor = next(path for path in (site / "systems").iterdir() if path.name.startswith("inventor"))
    page.goto(f"file://{inventor}")
    assert HOSTILE.split("</script>")[0] in (page.locator("dl").first.text_content() or "")
    page.goto(f"file://{site}/samples/{corpus.ids[1]}.html#{inventor.stem}")
    assert "status: error: <script>" in (page.locator("#said").text_content() or "")


@pytest.mark.parametrize(
    "name",
    ["index", "strata", "profiles", "pairs", "samples", "about", "systems/leaky-*", "pairs/*", "samples/de-*"],
)
def test_every_page_fits_a_telephone_and_the_dark(browser: Browser, site: Path, name: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"file://{sorted(site.glob(f'{name}.html'))[0]}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(browser: Browser, site: Path, corpus: Corpus, scheme: Any) -> None:
    source = axe_source()
    context = browser.new_context(bypass_csp=True, color_scheme=scheme)
    page = context.new_page()
    pair = next(path.name for path in (site / "pairs").iterdir())
    sample = f"samples/{corpus.ids[0]}.html#leaky-1.0"
    for name in ("index.html", "strata.html", "profiles.html", "pairs.html", "samples.html", "about.html",
                 "systems/leaky-1.0.html", f"pairs/{pair}", f"samples/{corpus.ids[0]}.html", sample):  # fmt: skip
        page.goto(f"file://{site}/{name}")
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        page.evaluate(source)
        found = page.evaluate("axe.run().then(result => result.violations)")
        serious = [
            (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0].get("failureSummary"))
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], name
    context.close()


# Budgets


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
