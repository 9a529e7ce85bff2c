"""The composer: the same bytes every time, gold that is exact, and a core set of the breadth that it promises."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from benchmark.compose import Article, PlannedPage, draw_plan, load_plan, load_skins, read_article, read_articles
from benchmark.compose.bank import load_bank
from benchmark.compose.body import BodyReader
from benchmark.compose.build import CANARY, build, manifest
from benchmark.compose.composer import compose
from benchmark.compose.draw import Draw
from benchmark.compose.gold import content_tokens, gold_blocks, strip_marks
from benchmark.compose.mess import MESS
from benchmark.compose.prose import Prose, Texture
from benchmark.corpora.samples import read_manifest
from benchmark.errors import CorpusError
from benchmark.model import Page, Sample
from benchmark.schema import data_path, load_labels
from benchmark.store.files import sha256
from benchmark.store.gold import format_gold, read_sample, sample_to_json
from benchmark.text import build_blocks, build_marked, build_stream, decode, tokenise

PAGES = data_path("annotations", "pages")
PLAN = load_plan()
ARTICLES = read_articles(data_path("annotations", "articles"))
SKINS = load_skins()
IDS = [planned.id for planned in PLAN]


def stored(planned: PlannedPage) -> Sample:
    return read_sample(PAGES / planned.id)


def article_of(sample: Sample) -> Article | None:
    return ARTICLES[sample.gold.about.article] if sample.gold.about.article else None


# The core set


@pytest.mark.parametrize("planned", PLAN, ids=IDS)
def test_a_stored_page_is_what_the_composer_makes(planned: PlannedPage) -> None:
    [made] = build([planned], ARTICLES, SKINS)
    assert made.page == (PAGES / planned.id / "page.html").read_bytes()
    assert made.gold == (PAGES / planned.id / "gold.json").read_bytes()


@pytest.mark.parametrize("planned", PLAN, ids=IDS)
def test_the_gold_is_exact(planned: PlannedPage) -> None:
    sample = stored(planned)
    blocks = sample.gold.blocks
    assert blocks is not None
    assert [(block.text, block.hidden) for block in blocks] == [(b.text, b.hidden) for b in build_stream(sample.page)]
    labels = load_labels()
    for block in blocks:
        assert block.label in labels.groups
        assert block.role is None or block.role in labels.roles
        assert (block.cell is not None) <= (block.role == "cell")
        for span in block.spans:
            assert span.label in labels.groups
            assert block.text[span.start : span.end].strip() == block.text[span.start : span.end]
        if block.duplicate_of is not None:
            original = blocks[block.duplicate_of]
            assert original.duplicate_of is None
            copied = "".join(
                c for at, c in enumerate(block.text) if not any(s.start <= at < s.end for s in block.spans)
            )
            assert not Counter(tokenise(copied.removeprefix("Re: "))) - Counter(tokenise(original.text))


@pytest.mark.parametrize("planned", PLAN, ids=IDS)
def test_the_article_is_the_content_whole_and_in_order(planned: PlannedPage) -> None:
    sample = stored(planned)
    assert sample.gold.blocks is not None
    article = article_of(sample)
    owed = [token for unit in article.units() for token in tokenise(unit.text)] if article else []
    assert content_tokens(sample.gold.blocks + sample.gold.extra) == owed
    assert bool(owed) == (sample.gold.about.page_type not in ("listing", "error"))


@pytest.mark.parametrize("planned", PLAN, ids=IDS)
def test_a_page_shows_no_trace_of_its_making(planned: PlannedPage) -> None:
    sample = stored(planned)
    html, _ = decode(sample.page)
    assert "data-gs" not in html
    assert "�" not in html
    assert CANARY not in html
    assert sample.gold.canary == CANARY
    assert set(sample.gold.about.mess) <= set(MESS)


@pytest.mark.parametrize("planned", PLAN, ids=IDS)
def test_metadata_stand_on_the_page(planned: PlannedPage) -> None:
    sample = stored(planned)
    assert sample.gold.blocks is not None
    text = " ".join(block.text for block in sample.gold.blocks)
    metadata = sample.gold.metadata
    assert tokenise(metadata["title"])[0] in tokenise(text)
    for author in metadata["authors"] or ():
        assert author.upper() in text.upper()
    assert metadata["publisher"] in text


def test_the_manifest_names_every_page() -> None:
    samples = read_manifest(data_path("annotations", "manifest.json"))["samples"]
    assert sorted(samples) == sorted(IDS) == list(samples)
    for name, hashes in samples.items():
        assert hashes["page"] == sha256((PAGES / name / "page.html").read_bytes())
        assert hashes["gold"] == sha256((PAGES / name / "gold.json").read_bytes())


def test_the_core_set_is_broad() -> None:
    golds = [stored(planned).gold.about for planned in PLAN]
    families = Counter(about.family for about in golds)
    assert len(golds) >= 30
    assert len(families) >= 12
    assert max(families.values()) <= 0.15 * len(golds)
    assert len({about.language for about in golds}) >= 12
    assert {"ar", "zh", "th", "hi"} <= {about.language for about in golds}
    assert len({about.page_type for about in golds}) >= 10
    assert len({name for about in golds for name in about.mess}) >= 25


def test_encodings_other_than_utf8_occur_and_are_recorded() -> None:
    encodings = {stored(planned).page.encoding for planned in PLAN}
    assert {"utf-8", "windows-1252", "windows-1251", "shift_jis"} <= encodings


def test_a_page_that_lies_about_its_encoding_keeps_the_http_charset() -> None:
    for planned in PLAN:
        sample = stored(planned)
        sniffed = decode(Page("x", sample.page.data))[1]
        assert sniffed == sample.page.encoding or sample.page.charset
        assert decode(Page("x", sample.page.data, charset=sample.page.charset))[1] == sample.page.encoding


def test_the_aggregator_shows_what_its_kind_shows() -> None:
    planned = next(page for page in PLAN if page.family == "aggregator")
    blocks = stored(planned).gold.blocks
    assert blocks is not None
    order = [
        block.label for number, block in enumerate(blocks) if not number or blocks[number - 1].label != block.label
    ]
    story = order[order.index("source") : order.index("paywall") + 1]
    assert [label for label in story if label not in ("dateline", "share", "caption")] == [
        "source", "kicker", "byline", "title", "body", "source", "paywall",
    ]  # fmt: skip
    assert order.index("app-promo") < order.index("masthead") < order.index("source")
    assert "related" in order[order.index("paywall") :]
    assert sum(block.label == "source" for block in blocks) == 3
    assert sum(block.label == "body" for block in blocks) == 5


def test_pages_are_of_realistic_weight() -> None:
    sizes = sorted((PAGES / name / "page.html").stat().st_size for name in IDS)
    assert 60_000 < sizes[len(sizes) // 2] < 130_000
    words = []
    for planned in PLAN:
        blocks = [block for block in stored(planned).gold.blocks or () if not block.hidden]
        content = sum(len(tokenise(block.text)) for block in blocks if block.label in ("body", "post"))
        words.append(content / sum(len(tokenise(block.text)) for block in blocks))
    assert 0.3 < sorted(words)[len(words) // 2] < 0.6


def test_no_two_pages_carry_the_same_boilerplate() -> None:
    groups = load_labels().groups
    noise = [
        tuple(block.text for block in stored(planned).gold.blocks or () if groups[block.label] == "noise")
        for planned in PLAN
    ]
    assert len(set(noise)) == len(noise)


# Composing


def test_composing_twice_gives_the_same_page_and_another_seed_another() -> None:
    article, skin = ARTICLES["en/skerrin-ferry-talks"], SKINS["tabloid"]
    one, two, other = (compose(article, skin, seed, "p") for seed in ("a", "a", "b"))
    assert one == two
    assert format_gold(sample_to_json(one)) == format_gold(sample_to_json(two))
    assert one.page.data != other.page.data


@pytest.mark.parametrize("family", sorted(SKINS))
def test_every_skin_is_exact_for_other_seeds(family: str) -> None:
    skin = SKINS[family]
    fitting = [article for article in ARTICLES.values() if _fits(article, family)]
    assert fitting, f"no article fits {family}"
    for number, article in enumerate(fitting[:6]):
        sample = compose(article, skin, f"test/{number}", "p")  # raises where anything is inexact
        assert sample.gold.canary is None


@pytest.mark.parametrize("page_type", ["listing", "error"])
def test_a_page_without_an_article_says_what_it_is(page_type: str) -> None:
    sample = compose(ARTICLES["en/skerrin-ferry-talks"], SKINS[page_type], "a", "p")
    assert (sample.gold.about.page_type, sample.gold.about.article) == (page_type, None)
    assert sample.gold.blocks is not None
    assert not content_tokens(sample.gold.blocks)
    assert sample.gold.metadata["title"] in {block.text for block in sample.gold.blocks if block.label == "title"}


def _fits(article: Article, family: str) -> bool:
    try:
        return SKINS[family].fits(article, load_bank(article.language))
    except CorpusError:
        return False


def test_a_cut_page_keeps_the_rest_as_extra() -> None:
    cut = [sample for sample in map(stored, PLAN) if "paywall-json" in sample.gold.about.mess]
    assert cut
    for sample in cut:
        assert sample.gold.extra
        assert all(block.source == "json-ld" and block.label == "body" for block in sample.gold.extra)


def test_a_fresh_plan_is_repeatable_and_keeps_families_small() -> None:
    plan = draw_plan(ARTICLES, SKINS, 7, 40)
    assert plan == draw_plan(ARTICLES, SKINS, 7, 40)
    assert plan != draw_plan(ARTICLES, SKINS, 8, 40)
    assert len({page.id for page in plan}) == 40
    assert max(Counter(page.family for page in plan).values()) <= 6
    [page] = build(plan[:1], ARTICLES, SKINS, canary=None)
    assert b"canary" not in page.gold


def test_a_manifest_is_sorted_and_ends_with_a_line() -> None:
    pages = list(build(PLAN[:2][::-1], ARTICLES, SKINS))
    data = manifest(pages)
    assert data.endswith(b"}\n")
    assert b"\r" not in data
    assert data.index(min(page.id for page in pages).encode()) < data.index(max(page.id for page in pages).encode())


def test_a_plan_that_names_what_does_not_exist_is_refused() -> None:
    with pytest.raises(CorpusError, match="no article"):
        list(build([PlannedPage("p", "en/none", "tabloid", "s")], ARTICLES, SKINS))
    with pytest.raises(CorpusError, match="no skin"):
        list(build([PlannedPage("p", "en/library-of-soil", "none", "s")], ARTICLES, SKINS))


# Gold


def test_a_mixed_block_has_the_label_of_most_of_it_and_spans_for_the_rest() -> None:
    html = '<p data-gs="body/p">We got the keys on Friday. <a data-gs="share">Share</a></p>'
    [block] = gold_blocks(build_marked(html))
    assert (block.label, block.role) == ("body", "p")
    [span] = block.spans
    assert (block.text[span.start : span.end], span.label) == ("Share", "share")


def test_a_copy_names_its_original() -> None:
    html = '<p data-gs="body/p" data-gs-key="b0">Tea</p><div hidden data-gs="body/p" data-gs-copy="b0">Tea</div>'
    first, second = gold_blocks(build_marked(html))
    assert (first.duplicate_of, second.duplicate_of, second.hidden) == (None, 0, True)
    assert content_tokens([first, second]) == ["tea"]


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ("<p>Nobody marked this.</p>", "without a mark"),
        ('<p data-gs="gossip">x</p>', "no label"),
        ('<p data-gs="body/verse">x</p>', "no label"),
        ('<p data-gs="title" data-gs-copy="b9">x</p>', "not on the page"),
    ],
)
def test_text_that_cannot_be_labelled_is_refused(html: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        gold_blocks(build_marked(html))


def test_marks_leave_no_trace_and_odd_ones_are_refused() -> None:
    assert strip_marks('<td class="a" data-gs="body/cell" data-gs-cell="0,1,2">x</td>') == '<td class="a">x</td>'
    with pytest.raises(CorpusError, match="not of the form"):
        strip_marks("<p data-gs=body>x</p>")


# Articles

MARKDOWN = """Tea is older[^1] than *coffee*.

## Kinds

- green
- black, which

  stands for **long**

| | Minutes |
| --- | --- |
| Green | 2 |

```python
brew( "x" )
```

> Let it be.

[^1]: By far.
"""


def test_markdown_becomes_units_in_reading_order() -> None:
    units = [unit for node in BodyReader().read(MARKDOWN) for unit in node.units()]
    assert [(unit.role, unit.text) for unit in units] == [
        ("p", "Tea is older1 than coffee."),
        ("h2", "Kinds"),
        ("li", "green"),
        ("li", "black, which"),
        ("li", "stands for long"),
        ("cell", ""),
        ("cell", "Minutes"),
        ("cell", "Green"),
        ("cell", "2"),
        ("code", 'brew( "x" )'),
        ("quote", "Let it be."),
        ("footnote", "By far."),
    ]
    assert len({unit.key for unit in units}) == len(units)


def test_lines_of_a_paragraph_join_with_a_space_except_in_scripts_without() -> None:
    for markdown, text in (("one\ntwo", "one two"), ("一行\n二行", "一行二行")):
        [paragraph] = BodyReader().read(markdown)
        assert [unit.text for unit in paragraph.units()] == [text]


def test_every_article_was_read_by_a_second_reader_who_says_what_changed() -> None:
    lines = data_path("annotations", "articles", "REVIEW.md").read_text("utf-8").splitlines()
    rows = [re.fullmatch(r"\| `(\S+)` \| (\S.*) \|", line) for line in lines if line.startswith("| `")]
    assert all(rows)  # an article and a remark that is not empty
    assert [row[1] for row in rows if row] == sorted(ARTICLES)  # one line each, in order, and none for a missing one


def test_an_article_without_front_matter_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text("Only text.", encoding="utf-8")
    with pytest.raises(CorpusError, match="front matter"):
        read_article(path)


@pytest.mark.parametrize("entities", ["none", "named", "numeric"])
@pytest.mark.parametrize("split", ["none", "sentences", "words"])
def test_no_texture_changes_a_word(entities: str, split: str) -> None:
    article = ARTICLES["es/real-umbria-remonta"]
    texture = Texture(entities, hyphens=True, spaces=True, split=split, misnest=True, links=article.tags)
    prose = Prose({}, texture, str, Draw("t"), "")
    html = str(prose.nodes(article.nodes))
    owed = [token for unit in article.units() for token in tokenise(unit.text)]
    assert content_tokens(gold_blocks(build_marked(html))) == owed
    assert [token for block in build_blocks(html) for token in tokenise(block.text)] == owed


PINNED_THROWS = [1, 2, 6, 2, 1, 6, 5, 4]
PINNED_ORDER = ["e", "f", "c", "a", "b", "d"]


def test_draws_never_change() -> None:
    draw = Draw("seed")
    assert [draw.whole(1, 6) for _ in range(8)] == PINNED_THROWS
    assert draw.child("a").shuffled("abcdef") == PINNED_ORDER
    assert draw.child("a").text(4) == draw.child("a").text(4)


def test_dates_are_written_as_the_language_does() -> None:
    assert load_bank("en").date("2024-03-05T10:12:00+00:00", "date_time") == "5 March 2024, 10:12"
    assert load_bank("en").date("2024-03-05", "date_full") == "Tuesday 5 March 2024"
    assert load_bank("en").date("2024-03-05", "date_time") == "5 March 2024"
    assert load_bank("en").date("2024-03") == "March 2024"
