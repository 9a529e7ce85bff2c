"""The lint: each rule finds what it is for and leaves what is right alone; the core set passes, faults in it do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate import lint as rules
from goldspan.annotate.gold_checks import check_folder, check_sample
from goldspan.annotate.lint import MOST, RULES, lint
from goldspan.annotate.lint_context import LintContext, lint_context
from goldspan.annotate.lint_phrases import LONG, load_phrases
from goldspan.annotate.minhash import near_duplicates, similarity, sketch
from goldspan.core.text import build_stream, tokenise
from goldspan.data.corpora import open_corpus
from goldspan.data.gold import format_gold, read_sample, sample_to_json, write_sample
from goldspan.data.schema import data_path, load_labels
from goldspan.model import About, Gold, GoldBlock, Page, Sample, Span
from goldspan.synth.composer import GUIDELINE
from goldspan.synth.phrases.phrasebook import load_phrasebook
from tests.helpers import make_sample

PAGES = sorted(path for path in data_path("annotations", "pages").iterdir() if path.is_dir())
README = Path(rules.__file__).with_name("README.md").read_text(encoding="utf-8")

Part = tuple[str, str]
"""A label, or ``label/role``, and the markup of one block."""

HERON = "A grey heron that left the mill pond two winters ago was seen again on Tuesday morning, standing on one leg."
MILLER = "The miller, who feeds nobody, said the bird had brought its own breakfast along. He seemed rather pleased."
LONG_PROSE = f"{HERON} {MILLER} Nobody in the village expects it to stay beyond the first frost of November, he said."
ADVERT = ("advertisement", "<p>Two kettles for the price of one</p>")
MENU = [("navigation", f"<li><a href='/{name}'>{name}</a></li>") for name in "News Sport Weather Books Letters".split()]
ARTICLE = [("title/h1", "<h1>Heron returns</h1>"), ("body/p", f"<p>{HERON}</p>"), ("body/p", f"<p>{MILLER}</p>")]


def seen(
    parts: Iterable[Part],
    metadata: dict[str, Any] | None = None,
    head: str = "",
    language: str = "en",
    captured: str | None = None,
    **changes: Any,
) -> LintContext:
    """A page of these blocks, as the lint sees it."""
    parts = list(parts)
    html = f"<!DOCTYPE html><html><head>{head}</head><body>" + "\n".join(markup for _, markup in parts)
    page = Page("en-hand-1", html.encode(), "https://mill.example/heron", encoding="utf-8")
    labels = [label.partition("/") for label, _ in parts]
    blocks = tuple(
        GoldBlock(block.text, label, role or None, hidden=block.hidden)
        for block, (label, _, role) in zip(build_stream(page), labels, strict=True)
    )
    gold = Gold(About(language=language, page_type="news"), blocks, metadata=metadata or {}, **changes)
    return lint_context(Sample(page, gold), captured=captured)


def change(page: LintContext, number: int, **changes: Any) -> LintContext:
    """The same page with another gold of one block."""
    blocks = list(page.blocks)
    blocks[number] = replace(blocks[number], **changes)
    return lint_context(replace(page.sample, gold=replace(page.sample.gold, blocks=tuple(blocks))))


def found(page: LintContext) -> set[str]:
    """The names of the rules that find something."""
    return {rule.__name__ for rule in RULES if any(True for _ in rule(page))}


BAD: dict[str, Callable[[], LintContext]] = {
    "islands": lambda: seen([*ARTICLE, *[ADVERT] * 12, ("body/p", "<p>Filed from the mill.</p>")]),
    "linked_rows": lambda: seen([*ARTICLE, *(("body/li", markup) for _, markup in MENU)]),
    "linked_paragraphs": lambda: seen(
        [*ARTICLE, ("body/p", "<p><a href='/owls'>Read more: the owls of the upper valley are back</a></p>")]
    ),
    "phrases": lambda: seen([*ARTICLE, ("body/p", "<p>Sign up to our newsletter!</p>")]),
    "teasers": lambda: seen(
        [
            *ARTICLE,
            ("body/p", "<p>Owl survey counts more chicks</p>"),
            ("related", "<p>Owl survey counts more chicks</p>"),
        ]
    ),
    "copies": lambda: seen([*ARTICLE, ("body/p", f"<p hidden>{HERON}</p>")]),
    "prose": lambda: seen([*ARTICLE, ("footer", f"<p>{LONG_PROSE}</p>")]),
    "prose_rows": lambda: seen([*ARTICLE, *(("widget", f"<p>{text}</p>") for text in (HERON, MILLER, HERON))]),
    "holes": lambda: seen([*ARTICLE, ("other", f"<p>{LONG_PROSE}</p>"), ("body/p", "<p>It flew off at noon.</p>")]),
    "bare_headings": lambda: seen([*ARTICLE, ("body/h2", "<h2>What comes next</h2>"), ADVERT]),
    "headline": lambda: seen([("navigation", "<h1>Heron returns</h1>"), *ARTICLE[1:]], {"title": "Heron returns"}),
    "statements": lambda: seen(ARTICLE, {"authors": ["Ada Ferring"]}),
    "dates": lambda: seen(ARTICLE, {"published": "2024-03-05", "modified": "2024-03-04"}),
    "language": lambda: seen(ARTICLE, language="de"),
    "encoding": lambda: seen([*ARTICLE, ("body/p", "<p>The cafÃ© by the mill was closed.</p>")]),
}
"""For each rule a page that breaks it."""

GOOD: dict[str, list[Callable[[], LintContext]]] = {
    "islands": [
        lambda: seen([*ARTICLE, *[ADVERT] * 11, ("body/p", "<p>Filed from the mill.</p>")]),
        lambda: seen([*ARTICLE, *[ADVERT] * 12, ("body/p", f"<p>{MILLER}</p>"), ADVERT]),
        lambda: seen([*ARTICLE, *[ADVERT] * 12, ("post/p", "<p>Thanks!</p>")]),
        lambda: seen([("title", "<h1>Short</h1>"), *[ADVERT] * 20, ("body/p", "<p>It is closed.</p>"), *[ADVERT] * 20]),
    ],
    "linked_rows": [
        lambda: seen([*ARTICLE, *(("body/li", markup) for _, markup in MENU[:4])]),
        lambda: seen([*ARTICLE, *(("body/h2", f"<h2><a href='#{n}'>Part {n}</a></h2>") for n in range(6))]),
        lambda: seen([*ARTICLE, *(("body/li", f"<li><a href='#'>Item</a> costs {n} pounds</li>") for n in range(6))]),
    ],
    "linked_paragraphs": [
        lambda: seen([*ARTICLE, ("body/p", "<p><a href='/'>mill.example</a></p>")]),
        lambda: seen(
            [*ARTICLE, ("body/p", "<p><a href='/'>https://mill.example/2024/heron/on/the/pond/again</a></p>")]
        ),
        lambda: seen([*ARTICLE, ("body/p", f"<p><a href='/owls'>Read more about owls.</a> {MILLER}</p>")]),
        lambda: seen([*ARTICLE, ("related", "<p><a href='/owls'>Read more: the owls of the upper valley</a></p>")]),
    ],
    "phrases": [
        lambda: seen([*ARTICLE, ("body/p", "<p>Choose Accept all and you agree to be followed by the heron.</p>")]),
        lambda: seen([*ARTICLE, ("body/h2", "<h2>Sign up</h2>"), ("body/p", "<p>You need an account.</p>")]),
        lambda: seen([*ARTICLE, ("body/code", "<pre>print()</pre>"), ("body/cell", "<p>Print</p>")]),
        lambda: seen([*ARTICLE, ("newsletter", "<p>Sign up to our newsletter!</p>")]),
    ],
    "teasers": [
        lambda: seen(
            [*ARTICLE, ("body/h2", "<h2>Culture</h2>"), ("body/p", "<p>x</p>"), ("related", "<p>Culture</p>")]
        ),
        lambda: seen(
            [*ARTICLE, ("toc", "<p>The pond in the winter</p>"), ("body/h2", "<h2>The pond in the winter</h2>")]
        ),
    ],
    "copies": [
        lambda: change(BAD["copies"](), 3, duplicate_of=1),
        lambda: seen(
            [*ARTICLE, ("body/p", "<p>And the wheel goes round.</p>"), ("body/p", "<p>And the wheel goes round.</p>")]
        ),
        lambda: seen(
            [*ARTICLE, *[("navigation", "<p>One menu of quite a few words in a row, that is there twice</p>")] * 2]
        ),
    ],
    "prose": [
        lambda: seen([*ARTICLE, ("legal", f"<p>{LONG_PROSE}</p>"), ("comments", f"<p>{LONG_PROSE}</p>")]),
        lambda: seen([*ARTICLE, ("footer", f"<p><a href='/'>{LONG_PROSE}</a></p>")]),
        lambda: seen([*ARTICLE, ("navigation", f"<p>{' '.join(f'Sport{chr(97 + i % 26)}' for i in range(60))}</p>")]),
        lambda: seen([*ARTICLE, ("footer", f"<p>{MILLER}</p>"), ("other", f"<p>{LONG_PROSE}</p>")]),
        lambda: change(seen([*ARTICLE, ("widget", f"<p>{LONG_PROSE}</p>")]), 3, duplicate_of=1),
    ],
    "prose_rows": [
        lambda: seen([*ARTICLE, ("widget", f"<p>{HERON}</p>"), ("footer", f"<p>{MILLER}</p>"), ("widget", "<p>x</p>")]),
        lambda: seen([*ARTICLE, *[("comments", f"<p>{HERON}</p>")] * 4]),
    ],
    "holes": [
        lambda: seen([*ARTICLE, ("advertisement", f"<p>{LONG_PROSE}</p>"), ("body/p", "<p>It flew off at noon.</p>")]),
        lambda: seen([*ARTICLE, ("other", "<p>■</p>"), ("body/p", "<p>It flew off at noon.</p>")]),
        lambda: seen([*ARTICLE, ("caption", f"<p>{HERON}</p>"), ("body/p", "<p>It flew off at noon.</p>")]),
        lambda: seen([*ARTICLE, ("other", f"<p>{LONG_PROSE}</p>"), ADVERT, ("body/p", "<p>It flew off at noon.</p>")]),
    ],
    "bare_headings": [
        lambda: seen([*ARTICLE, ("body/h2", "<h2>Next</h2>"), ADVERT, ("body/p", "<p>We wait.</p>")]),
        lambda: seen(
            [*ARTICLE, ("body/h2", "<h2>Next</h2>"), ("body/h3", "<h3>Soon</h3>"), ("body/p", "<p>We wait.</p>")]
        ),
        lambda: seen([*ARTICLE, ("body/h2", "<h2>Gallery</h2>"), ("caption", "<p>The pond</p>")]),
        lambda: seen([*ARTICLE, ("body/h2", "<h2>Next</h2>"), ("paywall", "<p>Subscribe to continue</p>")]),
        lambda: seen([*ARTICLE, ("body/h2", "<h2>Next</h2>")], extra=(GoldBlock("Rest", "body", source="json-ld"),)),
        lambda: seen([*ARTICLE, ("post/h3", "<h3>Goal!</h3>"), ("post/h3", "<h3>Another one</h3>")]),
    ],
    "headline": [
        lambda: seen(ARTICLE, {"title": "Heron returns"}),
        lambda: seen(ARTICLE[1:], {"title": "Heron returns"}, "<title>Heron returns</title>"),
        lambda: seen([("related", "<p>Heron returns</p>")], {"title": "Heron returns"}),
    ],
    "statements": [
        lambda: seen([*ARTICLE, ("byline", "<p>By ADA  Ferring</p>")], {"authors": ["Ada Ferring"]}),
        lambda: seen(ARTICLE, {"authors": ["Ada Ferring"]}, "<meta name='author' content='Ferring, Ada'>"),
        lambda: seen(ARTICLE, {"publisher": "The Mill"}, "<title>Heron returns | The Mill</title>"),
        lambda: seen(
            ARTICLE,
            {"authors": ["Ädä Ferring"]},
            '<script type="application/ld+json">[{"author": {"name": "\\u00c4d\\u00e4 Ferring"}}]</script>',
        ),
        lambda: seen(
            ARTICLE, {"publisher": "The Mill"}, '<script type="application/ld+json">{"n": "The Mill",}</script>'
        ),
        lambda: seen([*ARTICLE, ("byline", "<p>بقلم: ليلى الشنواني وحازم بن رافع</p>")], {"authors": ["حازم بن رافع"]}),
        lambda: seen(ARTICLE, {"title": None, "authors": None, "publisher": None}),
    ],
    "dates": [
        lambda: seen(ARTICLE, {"published": "2024-03", "modified": "2024-03-02"}),
        lambda: seen(ARTICLE, {"published": "2024-12-31", "modified": "2024"}),
        lambda: seen(ARTICLE, {"published": "2024-03-05", "modified": "2024-03-05T00:10:00+02:00"}),
        lambda: seen(ARTICLE, {"published": "2024-03-05T23:00:00Z", "modified": "2024-03-06T00:30:00+01:00"}),
        lambda: seen(ARTICLE, {"published": "2024-03-05T10:00:00.5"}, captured="2024-03-05T01:00:00Z"),
        lambda: seen(ARTICLE, {"published": "2024", "modified": None}, captured="2024-02-01"),
    ],
    "language": [
        lambda: seen(ARTICLE),
        lambda: seen(ARTICLE[:2], language="de"),
        lambda: seen([("body/code", f"<pre>{LONG_PROSE}</pre>"), ("body/p", "<p>So geht das.</p>")], language="de"),
        lambda: seen([("related", f"<p>{LONG_PROSE}</p>")], language="de"),
        lambda: seen(ARTICLE, language="tlh"),
    ],
    "encoding": [
        lambda: seen(
            [*ARTICLE, ("body/p", "<p>„FPÖ“, «CAFÉ», IRMÃ, naïve façade, 50 °C – Ångström, Москва, 東京</p>")]
        ),
    ],
}
"""For each rule pages that come near and are right."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_finds_what_it_is_for(rule: rules.Rule) -> None:
    page = BAD[rule.__name__]()
    [incident] = rule(page)
    assert incident.where == "en-hand-1"
    assert incident.level == "warning"
    assert incident.what
    assert incident.do.endswith(".")
    assert "\n" not in str(incident)
    assert incident.block is None or 0 <= incident.block < len(page.blocks)


@pytest.mark.parametrize(
    ("rule", "make"),
    [(rule, make) for rule in RULES for make in GOOD[rule.__name__]],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_rule_leaves_the_right_thing_alone(rule: rules.Rule, make: Callable[[], LintContext]) -> None:
    assert list(rule(make())) == []


def test_every_rule_is_described() -> None:
    names = [rule.__name__ for rule in RULES]
    assert list(BAD) == list(GOOD) == names
    described = README.partition("## What `check` looks at")[2]
    assert re.findall(r"^\| `(\w+)` \|", described, re.M) == names


def test_a_plain_article_passes() -> None:
    head = "<meta name='description' content='It was seen again.'>"
    metadata = {"title": "Heron returns", "description": "It was seen again.", "published": "2024-03-05"}
    assert list(lint(seen([*MENU, *ARTICLE, ADVERT, ("legal", "<p>© The Mill</p>")], metadata, head))) == []


def test_a_page_that_is_wrong_throughout_is_told_in_a_few_lines() -> None:
    teaser = "<p><a href='/{0}'>Read more: what the owls of valley number {0} are up to</a></p>"
    page = seen([*ARTICLE, *(("body/p", teaser.format(n)) for n in range(40))])
    incidents = [incident for incident in lint(page) if "paragraph that is a link" in incident.what]
    assert len(incidents) == MOST + 1
    assert incidents[-1].what.endswith(f"; {40 - MOST - 1} more like this")


# What the rules stand on


def test_links_are_measured_in_each_block() -> None:
    page = seen([("body/p", "<p>ab<a href='/'>cd</a></p>"), ("body/p", "<p><a name='x'>abcd</a></p>"), MENU[0]])
    assert page.linked == (0.5, 0.0, 1.0)


def test_the_words_of_spans_are_not_those_of_the_block() -> None:
    page = seen([*ARTICLE, ("body/p", "<p>It flew off at noon. Sign up</p>")])
    page = change(page, 3, spans=(Span(21, 28, "newsletter"),))
    assert page.words[3] == ("it", "flew", "off", "at", "noon")
    assert "noon sign up" in page.text


def test_a_plain_text_page_can_be_looked_at() -> None:
    page = Page("en-text-1", f"Heron returns\n{HERON}\n{MILLER}".encode(), media="text", encoding="utf-8")
    labels = ("title", "body", "body")
    blocks = tuple(GoldBlock(block.text, label) for block, label in zip(build_stream(page), labels, strict=True))
    metadata = {"title": "Heron returns", "authors": ["Ada Ferring"]}
    view = lint_context(Sample(page, Gold(About(language="en", page_type="news"), blocks, metadata=metadata)))
    assert view.linked == (0.0, 0.0, 0.0)
    assert found(view) == {"statements"}


def test_other_blocks_than_the_pages_are_a_bug_of_the_caller() -> None:
    page = seen(ARTICLE)
    with pytest.raises(ValueError, match="2 labelled blocks for a stream of 3"):
        lint_context(replace(page.sample, gold=replace(page.sample.gold, blocks=page.blocks[:2])))


def test_phrases_are_those_of_the_language() -> None:
    assert load_phrases("de").label("Alle akzeptieren", ["alle", "akzeptieren"]) == "cookie-consent"
    assert load_phrases("de").label("Accept all", ["accept", "all"]) is None
    assert load_phrases("en-GB") == load_phrases("en") == load_phrases("tlh") == load_phrases(None)


def test_long_phrases_are_found_inside_a_text_and_around_the_name_of_a_site() -> None:
    known = load_phrases("en")
    assert all(len(part.replace(" ", "")) >= LONG for part in known.parts)
    [phrase] = [str(text) for text in load_phrasebook("en").get("consent.texts") if str(text).startswith("{site}")]
    text = f"Dear reader, {phrase.replace('{site}', 'The Mill')}"
    assert known.label(text, tokenise(text)) == "cookie-consent"
    assert "phrases" in found(seen([*ARTICLE, ("body/p", f"<p>{text}</p>")]))
    assert known.label(text[:40], tokenise(text[:40])) is None


@pytest.mark.parametrize("value", ["2024-13", "2024-02-30", "2023-02-29T10:00", "2024-03-05T25:00:00Z", "0000"])
def test_a_date_that_does_not_exist_is_an_error(value: str) -> None:
    [incident] = rules.dates(seen(ARTICLE, {"published": value}))
    assert incident.level == "error"
    assert value in incident.what


@pytest.mark.parametrize(
    ("published", "captured"),
    [("2024-03-07", "2024-03-05"), ("2025", "2024-12-30T09:00:00Z"), ("2024-03-05T12:00:00Z", "2024-03-05T11:59:00Z")],
)
def test_a_date_ahead_of_the_capture_is_told(published: str, captured: str) -> None:
    [incident] = rules.dates(seen(ARTICLE, {"published": published}, captured=captured))
    assert "later than captured" in incident.what


# Pages that are alike


def body(*paragraphs: str) -> LintContext:
    return seen([("title", "<h1>Heron</h1>"), *(("body/p", f"<p>{text}</p>") for text in paragraphs)])


def test_likeness_is_the_share_of_common_shingles() -> None:
    words = [f"w{n}" for n in range(300)]
    one, other = sketch(body(" ".join(words))), sketch(body(" ".join([*words[:200], *(f"v{n}" for n in range(100))])))
    assert similarity(one, one) == 1.0
    assert similarity(one, other) == pytest.approx(196 / 396, abs=0.12)
    assert similarity(one, sketch(body(" ".join(f"x{n}" for n in range(300))))) == 0.0


def test_near_duplicates_are_told_unless_they_are_one_article() -> None:
    text = " ".join(f"word{n} of a long story" for n in range(30))
    pages = {"a": body(text), "b": body(text, MILLER), "c": body(MILLER, HERON), "d": body(MILLER)}
    crawled = [(name, About(), sketch(page)) for name, page in pages.items()]
    [incident] = near_duplicates(crawled)
    assert (incident.level, incident.where) == ("warning", "b")
    assert "nearly that of a" in incident.what
    composed = [(name, About(article="en/story"), hashes) for name, _, hashes in crawled]
    assert list(near_duplicates(composed)) == []


def test_a_folder_is_checked_for_near_duplicates(tmp_path: Path) -> None:
    story = "".join(
        f"<p>The heron came on day {n} and went on day {n + 1}, as the miller wrote down.</p>" for n in range(9)
    )
    for number, place in enumerate(("pond", "weir")):
        html = f"<html><body><h1>At the {place}</h1>{story}"
        sample = make_sample(f"en-heron-{number}", html, ("title", *["body"] * 9))
        write_sample(tmp_path / sample.id, replace(sample, gold=replace(sample.gold, metadata={})))
    incidents, _ = check_folder(tmp_path)
    assert [(incident.level, incident.where) for incident in incidents] == [("warning", "en-heron-1")]


def test_the_command_looks_at_the_capture(tmp_path: Path) -> None:
    sample = make_sample()
    sample = replace(sample, gold=replace(sample.gold, metadata={"published": "2024-05-05"}))
    write_sample(tmp_path / sample.id, sample)
    data = sample_to_json(sample)
    data["page"]["captured"] = "2024-05-01T10:00:00Z"
    (tmp_path / sample.id / "gold.json").write_bytes(format_gold(data))
    [incident] = check_sample(tmp_path / sample.id)
    assert "published (2024-05-05) is later than captured" in incident.what


# The core set


def test_the_core_set_is_clean() -> None:
    incidents, samples = check_folder(data_path("annotations"))
    assert samples == len(PAGES)
    assert [str(incident) for incident in incidents] == []


def relabelled(sample: Sample, before: str, after: str, role: str | None) -> LintContext | None:
    """The page with one label in the place of another; None where it has no such text, or no article."""
    assert sample.gold.blocks is not None
    if not {before, "body"} <= {block.label for block in sample.gold.blocks if block.duplicate_of is None}:
        return None
    blocks = tuple(
        replace(block, label=after, role=role) if block.label == before and block.duplicate_of is None else block
        for block in sample.gold.blocks
    )
    return lint_context(replace(sample, gold=replace(sample.gold, blocks=blocks)))


@pytest.mark.parametrize(
    ("before", "after", "least"),
    [
        ("navigation", "body", 0.9),
        ("related", "body", 0.9),
        ("sponsored", "body", 0.9),
        ("cookie-consent", "body", 1.0),
        ("newsletter", "body", 0.9),
        ("paywall", "body", 0.95),
        ("share", "body", 0.9),
        ("login", "body", 0.9),
        ("comments", "body", 0.8),
        ("legal", "body", 0.8),
        ("body", "navigation", 0.9),
        ("body", "footer", 0.9),
        ("body", "byline", 0.9),
        ("body", "other", 0.7),
        ("title", "kicker", 0.8),
    ],
)
def test_labels_that_were_mixed_up_are_found(before: str, after: str, least: float) -> None:
    samples = [read_sample(path) for path in PAGES]
    pages = [relabelled(sample, before, after, "p" if after == "body" else None) for sample in samples]
    caught = [bool(found(page)) for page in pages if page is not None]
    assert len(caught) >= 8
    assert sum(caught) >= least * len(caught)


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("statements", {"title": "A headline that nobody wrote"}),
        ("statements", {"authors": ["Nepomuk Ungenannt"]}),
        ("statements", {"publisher": "Gazette of Nowhere"}),
        ("statements", {"description": "Nothing of the kind was ever said on this page."}),
        ("dates", {"published": "2031-01-01", "modified": "2030-12-24"}),
    ],
)
@pytest.mark.parametrize("path", PAGES[::6], ids=lambda path: path.name)
def test_wrong_statements_are_found(path: Path, rule: str, changes: dict[str, Any]) -> None:
    sample = read_sample(path)
    metadata = {**sample.gold.metadata, **changes}
    assert rule in found(lint_context(replace(sample, gold=replace(sample.gold, metadata=metadata))))


def test_another_language_is_found() -> None:
    """On every page with text but those of one notice in traditional Chinese, of which the detector is not sure."""
    for path in PAGES:
        sample = read_sample(path)
        language = "it" if sample.gold.about.language != "it" else "pl"
        view = lint_context(
            replace(sample, gold=replace(sample.gold, about=replace(sample.gold.about, language=language)))
        )
        is_unsure = sample.gold.about.article == "zh-Hant/jiguanshan-saomu-jiebo-gonggao"
        assert ("language" in found(view)) == (bool(view.gold_tokens) and not is_unsure), path.name


def test_copies_that_lost_their_mark_are_found() -> None:
    """But for headlines of up to three words, which stand on a page by chance."""
    tried = 0
    for path in PAGES:
        sample = read_sample(path)
        blocks = sample.gold.blocks or ()
        copied = [block for block in blocks if block.duplicate_of is not None and block.label in ("body", "title")]
        if any(len(block.text.split()) > 3 and not block.text.startswith("Re:") for block in copied):
            bare = tuple(replace(block, duplicate_of=None) for block in blocks)
            assert "copies" in found(lint_context(replace(sample, gold=replace(sample.gold, blocks=bare)))), path.name
            tried += 1
    assert tried >= 5


@pytest.mark.parametrize("kind", ["aeb", "wcxb"])
def test_projected_gold_of_real_pages_does_not_drown_in_warnings(kind: str, shared_corpora: Path) -> None:
    corpus = open_corpus(f"{kind}:{shared_corpora / kind}")
    samples = [corpus.load(name) for name in corpus.ids[::12]]
    pages = [lint_context(sample) for sample in samples if sample.gold.blocks]
    quiet = [not found(page) - {"prose", "prose_rows", "holes"} for page in pages]
    assert sum(quiet) >= 0.4 * len(quiet)
    assert max(len(list(lint(page))) for page in pages) <= len(RULES) * (MOST + 1)


# The guidelines


def test_the_guidelines_use_every_label_and_no_other() -> None:
    text = data_path("annotations", "GUIDELINES.md").read_text(encoding="utf-8")
    labels = load_labels()
    rows = [line.split("|")[2] for line in text.splitlines() if line.startswith("| ")]
    named = {word for cell in rows for word in re.findall(r"`([a-z-]+)(?:/[a-z0-9]+)?`", cell)}
    roles = {word for cell in rows for word in re.findall(r"`[a-z-]+/([a-z0-9]+)`", cell)}
    assert set(labels.groups) - named == set()
    assert named - set(labels.groups) <= {
        "cell",
        "duplicate_of",
        "source",
        "extra",
        "json-ld",
        "listing",
        "error",
        "h1",
        "null",
    }
    assert roles <= set(labels.roles)
    assert f"Version {GUIDELINE}." in text
