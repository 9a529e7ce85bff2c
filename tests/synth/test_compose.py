"""The composer: pages that follow from a seed, plans, marks, articles, textures, dates."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from goldspan.core.text import build_blocks, build_marked, tokenise
from goldspan.data.gold import format_gold, sample_to_json
from goldspan.data.schema import data_path
from goldspan.errors import CorpusError
from goldspan.synth import Article, PlannedPage, draw_plan, load_plan, load_templates, read_article, read_articles
from goldspan.synth.build import build, manifest
from goldspan.synth.composer import compose, writable
from goldspan.synth.content.body_tree import BodyReader
from goldspan.synth.content.prose import Prose, Texture
from goldspan.synth.marked_page import content_tokens, gold_blocks, strip_marks
from goldspan.synth.phrases.phrasebook import load_phrasebook
from goldspan.synth.plan import format_line
from goldspan.synth.rng import Rng

PAGES = data_path("annotations", "pages")
PLAN = load_plan()
ARTICLES = read_articles(data_path("annotations", "articles"))
TEMPLATES = load_templates()
IDS = [planned.id for planned in PLAN]


# Composing


def test_composing_twice_gives_the_same_page_and_another_seed_another() -> None:
    article, template = ARTICLES["en/skerrin-ferry-talks"], TEMPLATES["tabloid"]
    one, two, other = (compose(article, template, seed, "p") for seed in ("a", "a", "b"))
    assert one == two
    assert format_gold(sample_to_json(one)) == format_gold(sample_to_json(two))
    assert one.page.data != other.page.data


def test_a_kind_of_mess_can_be_taken_out_and_all_else_stays() -> None:
    article, template = ARTICLES["en/skerrin-ferry-talks"], TEMPLATES["tabloid"]
    for kind, label in (("consent", "cookie-consent"), ("sponsored", "sponsored"), ("app-banner", "app-promo")):
        seed = next(s for s in "abcdefghijklmnop" if kind in compose(article, template, s, "p").gold.about.mess)
        whole, part = compose(article, template, seed, "p"), compose(article, template, seed, "p", without=kind)
        assert set(part.gold.about.mess) == set(whole.gold.about.mess) - {kind}
        texts = [(block.label, block.text) for block in whole.gold.blocks or () if block.label != label]
        assert [(block.label, block.text) for block in part.gold.blocks or ()] == texts
        assert len(texts) < len(whole.gold.blocks or ())


def test_mess_outside_the_template_can_be_switched_off() -> None:
    article, template = ARTICLES["en/skerrin-ferry-talks"], TEMPLATES["broadsheet"]
    seed = next(s for s in "abcdefghijklmnop" if "lazy-images" in compose(article, template, s, "p").gold.about.mess)
    whole, part = compose(article, template, seed, "p"), compose(article, template, seed, "p", without="lazy-images")
    assert set(part.gold.about.mess) == set(whole.gold.about.mess) - {"lazy-images"}
    assert [block.text for block in part.gold.blocks or ()] == [block.text for block in whole.gold.blocks or ()]
    assert part.page.data != whole.page.data


@pytest.mark.parametrize("family", sorted(TEMPLATES))
def test_every_skin_is_exact_for_other_seeds(family: str) -> None:
    template = TEMPLATES[family]
    fitting = [article for article in ARTICLES.values() if _fits(article, family)]
    assert fitting, f"no article fits {family}"
    for number, article in enumerate(fitting[:6]):
        sample = compose(article, template, f"test/{number}", "p")  # raises where anything is inexact
        assert sample.gold.canary is None


@pytest.mark.parametrize("page_type", ["listing", "error"])
def test_a_page_without_an_article_says_what_it_is(page_type: str) -> None:
    sample = compose(ARTICLES["en/skerrin-ferry-talks"], TEMPLATES[page_type], "a", "p")
    assert (sample.gold.about.page_type, sample.gold.about.article) == (page_type, None)
    assert sample.gold.blocks is not None
    assert not content_tokens(sample.gold.blocks)
    assert sample.gold.metadata["title"] in {block.text for block in sample.gold.blocks if block.label == "title"}


def _fits(article: Article, family: str) -> bool:
    try:
        return TEMPLATES[family].fits(article, load_phrasebook(article.language))
    except CorpusError:
        return False


def test_a_fresh_plan_is_repeatable_and_keeps_families_small() -> None:
    plan = draw_plan(ARTICLES, TEMPLATES, 7, 40)
    assert plan == draw_plan(ARTICLES, TEMPLATES, 7, 40)
    assert plan != draw_plan(ARTICLES, TEMPLATES, 8, 40)
    assert len({page.id for page in plan}) == 40
    assert max(Counter(page.family for page in plan).values()) <= 6
    assert len({(page.article, page.family) for page in plan}) == 40
    [page] = build(plan[:1], ARTICLES, TEMPLATES, canary=None)
    assert b"canary" not in page.gold


def test_a_plan_grows_by_what_it_lacks_and_its_lines_are_read_back(tmp_path: Path) -> None:
    have = PLAN[:10]
    more = draw_plan(ARTICLES, TEMPLATES, "core", 20, have)
    assert [page.id[-4:] for page in more] == [f"{number:04}" for number in range(11, 21)]
    assert not {page.article for page in more} & {page.article for page in have}
    path = tmp_path / "plan.yaml"
    path.write_text("pages:\n" + "".join(map(format_line, have + more)), encoding="utf-8")
    assert load_plan(path) == have + more


def test_a_manifest_is_sorted_and_ends_with_a_line() -> None:
    pages = list(build(PLAN[:2][::-1], ARTICLES, TEMPLATES))
    data = manifest(pages)
    assert data.endswith(b"}\n")
    assert b"\r" not in data
    assert data.index(min(page.id for page in pages).encode()) < data.index(max(page.id for page in pages).encode())


def test_a_plan_that_names_what_does_not_exist_is_refused() -> None:
    with pytest.raises(CorpusError, match="no article"):
        list(build([PlannedPage("p", "en/none", "tabloid", "s")], ARTICLES, TEMPLATES))
    with pytest.raises(CorpusError, match="no skin"):
        list(build([PlannedPage("p", "en/library-of-soil", "none", "s")], ARTICLES, TEMPLATES))


def test_what_an_encoding_cannot_write_is_escaped_where_references_are_not_read() -> None:
    html = '<style>a{content:"ș"}</style><p>ș</p><script>s="ș"</script>'
    assert writable(html, "iso8859_2") == '<style>a{content:"\\219 "}</style><p>&#537;</p><script>s="\\u0219"</script>'
    assert writable(html, "utf-8") == html


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
    prose = Prose({}, texture, str, Rng("t"), "")
    html = str(prose.nodes(article.nodes))
    gold_tokens = [token for unit in article.units() for token in tokenise(unit.text)]
    assert content_tokens(gold_blocks(build_marked(html))) == gold_tokens
    assert [token for block in build_blocks(html) for token in tokenise(block.text)] == gold_tokens


PINNED_THROWS = [1, 2, 6, 2, 1, 6, 5, 4]
PINNED_ORDER = ["e", "f", "c", "a", "b", "d"]


def test_draws_never_change() -> None:
    draw = Rng("seed")
    assert [draw.whole(1, 6) for _ in range(8)] == PINNED_THROWS
    assert draw.child("a").shuffled("abcdef") == PINNED_ORDER
    assert draw.child("a").text(4) == draw.child("a").text(4)


def test_dates_are_written_as_the_language_does() -> None:
    assert load_phrasebook("en").date("2024-03-05T10:12:00+00:00", "date_time") == "5 March 2024, 10:12"
    assert load_phrasebook("en").date("2024-03-05", "date_full") == "Tuesday 5 March 2024"
    assert load_phrasebook("en").date("2024-03-05", "date_time") == "5 March 2024"
    assert load_phrasebook("en").date("2024-03") == "March 2024"
