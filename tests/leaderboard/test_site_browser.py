"""The site of a leaderboard in a real browser."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from goldspan.core import student_t
from goldspan.core.variance import FEWEST_CLUSTERS, FEWEST_PAGES, Clusters
from goldspan.data.corpora import Corpus
from goldspan.data.schema import policy_names
from goldspan.leaderboard.site.board import gather
from goldspan.leaderboard.site.overview import joined_strata
from goldspan.report.tables import in_order
from tests.browser import axe_source, chromium
from tests.leaderboard.made_up import HOSTILE, PAGES, SYSTEMS
from tests.leaderboard.mix_reference import mix_scores, mix_weights, unpack_scores

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FAULTS = {"kept", "lost", "leaked", "invented", "repeated"}


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
    assert page.locator("#says").text_content() == "Ranked by your choice: as good as 40 pages of equal weight."
    scores = dict(zip(names(page), column(page, 2), strict=True))
    assert scores["blog-lover"].startswith("1.000")
    page.get_by_label("Page type").select_option("recipe")  # exactly as many pages as there must be
    assert page.locator("#says").text_content() == "Ranked by your choice: as good as 20 pages of equal weight."
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
    order = sorted(wanted, key=lambda key: (wanted[key].rank is None, -wanted[key].value, key))
    shown = page.eval_on_selector_all(
        "#table tbody tr",
        "rows => rows.map(row => [row.cells[1].textContent, row.cells[0].textContent, row.cells[2].dataset.v])",
    )
    found = {key: (rank, float(value)) for key, rank, value in shown}
    assert [key for key, _, _ in shown] == order
    for key in order:
        assert found[key][0] == str(wanted[key].rank or "–")
        assert found[key][1] == pytest.approx(wanted[key].value, abs=1e-12)
        low, high = wanted[key].low, wanted[key].high
        assert low is not None
        assert low < wanted[key].value
        said = f"[{low:.3f} {high:.3f}]".replace("[0.", "[.").replace(" 0.", " .")
        assert said in page.locator("#table tr", has_text=key.split("?")[0]).first.text_content()  # type: ignore[operator]
    page.get_by_role("button", name="As measured").click()
    assert page.locator("#says").text_content() == ""


@pytest.mark.parametrize("ways", [1, 2])
@pytest.mark.parametrize("dense", [1.0, 0.6])
def test_the_script_and_the_core_agree_on_made_up_scores(page: Page, site: Path, ways: int, dense: float) -> None:
    """Skewed scores of systems of which some are equal, some always right and some on few pages; weights of 0 too."""
    page.goto(f"file://{site}/index.html")
    rng = np.random.default_rng(11)
    pages = 150
    shared = rng.beta(8, 1, pages)
    scores: dict[str, list[float | None]] = {
        f"s{number}": np.clip(shared - 0.02 * number * rng.random(pages), 0, 1).tolist() for number in range(6)
    }
    scores |= {"same": scores["s2"], "right": [1.0] * pages, "wrong": [0.0] * pages, "none": [None] * pages}
    scores["some"] = [value if page % 3 else None for page, value in enumerate(scores["s4"])]
    scores["few"] = [value if page < 15 else None for page, value in enumerate(scores["s4"])]
    weights = rng.random(pages) * (rng.random(pages) < dense)
    weights /= weights.sum()
    clusters = Clusters.of([(f"f{page % 17}", f"a{page % 12}")[:ways] for page in range(pages)])
    ranked = [name for name in scores if name != "s5"]
    wanted = mix_scores(scores, weights, clusters, ranked)
    found = page.evaluate(
        "([scores, weights, clusters, ranked, fewest]) => mixScores(scores, weights, clusters, ranked, fewest)"
        ".map(({ value, low, high, rank }) => [value, low, high, rank])",
        [
            list(scores.values()),
            weights.tolist(),
            [codes.tolist() for codes in clusters.ways],
            [name in ranked for name in scores],
            {"pages": FEWEST_PAGES, "clusters": FEWEST_CLUSTERS},
        ],
    )
    for name, (value, low, high, rank) in zip(scores, found, strict=True):
        one = wanted[name]
        assert value == pytest.approx(one.value, abs=1e-6, nan_ok=True), name
        assert low == pytest.approx(one.low, abs=1e-6), name
        assert high == pytest.approx(one.high, abs=1e-6), name
        assert rank == (one.rank and [one.rank.best, one.rank.worst]), name
    assert wanted["few"].low is wanted["none"].rank is wanted["s5"].rank is None
    assert len({one.rank for one in wanted.values()}) > 4


def test_the_script_knows_student_as_the_core_does(page: Page, site: Path) -> None:
    page.goto(f"file://{site}/index.html")
    points = [(t, degrees) for t in (0, 1e-8, 0.3, 1, 1.96, 4.5, 12, 80) for degrees in (1, 2, 9, 10, 37, 400)]
    tails = page.evaluate("points => points.map(([t, degrees]) => tail(t, degrees))", points)
    assert tails == pytest.approx([student_t.tail(*point) for point in points], rel=1e-9)
    for alpha in (0.05, 0.001):
        found = page.evaluate("alpha => [1, 2, 9, 37, 400].map(degrees => quantile(alpha, degrees))", alpha)
        assert found == pytest.approx([student_t.quantile(alpha, degrees) for degrees in (1, 2, 9, 37, 400)], rel=1e-9)


def test_a_choice_from_too_few_families_is_refused(page: Page, site: Path) -> None:
    page.goto(f"file://{site}/index.html")
    page.evaluate("data.clusters[0] = data.clusters[0].map(cluster => cluster % 9)")
    page.get_by_label("Page type").select_option("blog")
    assert "come from 9 sites" in (page.locator("#says").text_content() or "")
    assert "Shown as measured" in (page.locator("#says").text_content() or "")


def test_ranks_are_ranges_and_rows_stand_by_score(page: Page, site: Path, store: Path, corpus: Corpus) -> None:
    page.goto(f"file://{site}/index.html")
    board = gather([store], corpus)
    for policy in policy_names():
        page.get_by_label(policy, exact=True).check()
        shown = page.eval_on_selector_all(
            "#table tbody tr", "rows => rows.map(row => [row.cells[1].textContent, row.cells[0].textContent])"
        )
        assert shown == [[one.system.key, str(one.rank or "–")] for one in in_order(board.results[policy])]


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
