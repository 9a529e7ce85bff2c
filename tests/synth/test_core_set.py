"""The core set as it is stored: what the composer makes, gold that is exact, and the breadth that it promises."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

import pytest

from goldspan.annotate.gold_checks import check_folder
from goldspan.core.text import build_stream, decode, tokenise
from goldspan.data.corpora.samples import read_manifest
from goldspan.data.files import sha256
from goldspan.data.gold import read_sample
from goldspan.data.schema import data_path, load_labels
from goldspan.model import Page, Sample
from goldspan.synth import Article, PlannedPage, load_plan, load_templates, read_articles
from goldspan.synth.build import CANARY, build
from goldspan.synth.marked_page import content_tokens
from goldspan.synth.noise.mess import MESS

PAGES = data_path("annotations", "pages")
PLAN = load_plan()
ARTICLES = read_articles(data_path("annotations", "articles"))
TEMPLATES = load_templates()
IDS = [planned.id for planned in PLAN]
FAMILIES = sorted({planned.family for planned in PLAN})
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+|(?<=[。！？؟।።])")
STYLE = re.compile(r"<style\b.*?</style>", re.S)  # references are not read there
SENTENCE_WORDS = 5  # shorter ones, such as "It was not to be.", are said by everybody


@cache
def stored(name: str) -> Sample:
    return read_sample(PAGES / name)


def of_family(family: str) -> list[PlannedPage]:
    return [planned for planned in PLAN if planned.family == family]


def noise(sample: Sample) -> list[str]:
    groups = load_labels().groups
    return [block.text for block in sample.gold.blocks or () if groups[block.label] == "noise"]


# Each page, by family


@pytest.mark.parametrize("family", FAMILIES)
def test_stored_pages_are_what_the_composer_makes(family: str) -> None:
    for made in build(of_family(family), ARTICLES, TEMPLATES):
        assert made.page == (PAGES / made.id / "page.html").read_bytes(), made.id
        assert made.gold == (PAGES / made.id / "gold.json").read_bytes(), made.id


@pytest.mark.parametrize("family", FAMILIES)
def test_the_gold_is_exact(family: str) -> None:
    labels = load_labels()
    for planned in of_family(family):
        sample = stored(planned.id)
        blocks = sample.gold.blocks
        assert blocks is not None
        stream = [(block.text, block.hidden) for block in build_stream(sample.page)]
        assert [(block.text, block.hidden) for block in blocks] == stream, planned.id
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
                assert not Counter(tokenise(copied.removeprefix("Re: "))) - Counter(tokenise(original.text)), planned.id


@pytest.mark.parametrize("planned", PLAN, ids=IDS)
def test_the_article_is_the_content_whole_and_in_order(planned: PlannedPage) -> None:
    gold = stored(planned.id).gold
    assert gold.blocks is not None
    article = ARTICLES[gold.about.article] if gold.about.article else None
    gold_tokens = [token for unit in article.units() for token in tokenise(unit.text)] if article else []
    assert content_tokens(gold.blocks + gold.extra) == gold_tokens
    assert bool(gold_tokens) == (gold.about.page_type not in ("listing", "error"))


@pytest.mark.parametrize("planned", PLAN, ids=IDS)
def test_a_page_shows_no_trace_of_its_making(planned: PlannedPage) -> None:
    sample = stored(planned.id)
    html, _ = decode(sample.page)
    assert "data-gs" not in html
    assert "\ufffd" not in html
    assert not any("&#" in rules for rules in STYLE.findall(html))
    assert CANARY not in html
    assert sample.gold.canary == CANARY
    assert set(sample.gold.about.mess) <= set(MESS)


@pytest.mark.parametrize("planned", PLAN, ids=IDS)
def test_metadata_stand_on_the_page(planned: PlannedPage) -> None:
    gold = stored(planned.id).gold
    assert gold.blocks is not None
    text = " ".join(block.text for block in gold.blocks)
    assert tokenise(gold.metadata["title"])[0] in tokenise(text)
    for author in gold.metadata["authors"] or ():
        assert author.upper() in text.upper()
    assert gold.metadata["publisher"] in text


def test_the_manifest_names_every_page() -> None:
    samples = read_manifest(data_path("annotations", "manifest.json"))["samples"]
    assert sorted(samples) == sorted(IDS) == list(samples)
    for name, hashes in samples.items():
        assert hashes["page"] == sha256((PAGES / name / "page.html").read_bytes())
        assert hashes["gold"] == sha256((PAGES / name / "gold.json").read_bytes())


def test_the_check_finds_nothing() -> None:
    incidents, checked = check_folder(data_path("annotations"))
    assert not incidents
    assert checked == len(PLAN)


# Breadth


def test_there_are_articles_enough() -> None:
    languages = Counter(article.language for article in ARTICLES.values())
    assert len(ARTICLES) >= 120
    assert len(languages) >= 30
    assert languages["en"] <= len(ARTICLES) / 3
    assert len({script(article) for article in ARTICLES.values()}) >= 12
    assert len({article.page_type for article in ARTICLES.values()}) >= 15


def script(article: Article) -> str:
    """The script that most letters of an article are of: the first word of their Unicode names."""
    letters = (char for unit in article.units() for char in unit.text if char.isalpha())
    [(name, _)] = Counter(unicodedata.name(char, "?").split()[0] for char in letters).most_common(1)
    return name


def test_there_are_pages_enough() -> None:
    abouts = [stored(name).gold.about for name in IDS]
    families = Counter(about.family for about in abouts)
    languages = Counter(about.language for about in abouts)
    assert len(abouts) >= 240
    assert len(families) >= 30
    assert set(families) == set(TEMPLATES)
    assert max(families.values()) <= 0.15 * len(abouts)
    assert len(languages) >= 30
    assert languages["en"] <= len(abouts) / 3
    assert {planned.article for planned in PLAN} == set(ARTICLES)
    assert {name for about in abouts for name in about.mess} == set(MESS)
    assert {about.page_type for about in abouts} >= {"listing", "error", "forum", "live-blog", "recipe", "wiki"}


def test_every_article_is_shown() -> None:
    assert {stored(name).gold.about.article for name in IDS} - {None} == set(ARTICLES)


def test_no_sentence_stands_in_two_articles() -> None:
    places: dict[tuple[str, ...], str] = {}
    for key, article in ARTICLES.items():
        for sentence in {s for unit in article.units() for s in sentences(unit.text)}:
            assert places.setdefault(sentence, key) == key, " ".join(sentence)


def sentences(text: str) -> list[tuple[str, ...]]:
    """The sentences that are long enough to be somebody's own, as words."""
    found = (tuple(tokenise(sentence)) for sentence in SENTENCE_END.split(text))
    return [words for words in found if len(words) >= SENTENCE_WORDS]


def test_no_two_pages_carry_the_same_boilerplate() -> None:
    texts = {name: noise(stored(name)) for name in IDS}
    sets = [frozenset(token for text in block for token in tokenise(text)) for block in texts.values()]
    assert all(sets)
    assert len(set(sets)) == len(sets)


def test_encodings_other_than_utf8_occur_and_are_recorded() -> None:
    encodings = {stored(name).page.encoding for name in IDS}
    assert {"utf-8", "windows-1252", "windows-1251", "windows-1256", "shift_jis"} <= encodings


def test_a_page_that_lies_about_its_encoding_keeps_the_http_charset() -> None:
    for name in IDS:
        page = stored(name).page
        sniffed = decode(Page("x", page.data))[1]
        assert sniffed == page.encoding or page.charset
        assert decode(Page("x", page.data, charset=page.charset))[1] == page.encoding


def test_a_cut_page_keeps_the_rest_as_extra() -> None:
    cut = [gold for gold in (stored(name).gold for name in IDS) if "paywall-json" in gold.about.mess]
    assert cut
    for gold in cut:
        assert gold.extra
        assert all(block.source == "json-ld" and block.label == "body" for block in gold.extra)


def test_the_aggregator_shows_what_its_kind_shows() -> None:
    planned = of_family("aggregator")[0]
    blocks = stored(planned.id).gold.blocks
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
    sizes = sorted(len(stored(name).page.data) for name in IDS)
    tenth, half, most = (sizes[len(sizes) * share // 10] for share in (1, 5, 9))
    assert 40_000 < tenth < 70_000
    assert 95_000 < half < 135_000
    assert 200_000 < most < 400_000
    shares = []
    for name in IDS:
        blocks = [block for block in stored(name).gold.blocks or () if not block.hidden]
        content = sum(len(tokenise(block.text)) for block in blocks if block.label in ("body", "post"))
        shares.append(content / sum(len(tokenise(block.text)) for block in blocks))
    assert 0.3 < sorted(shares)[len(shares) // 2] < 0.6
