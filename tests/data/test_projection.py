"""Gold that is only text, projected onto pages: hand-made pages, and what must hold for any."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.core.metrics import find_metric
from goldspan.core.policy import CONTENT, tokenise_gold
from goldspan.core.scoring import case_of
from goldspan.core.text import normalise, tokenise
from goldspan.data.corpora.projection import COVERAGE, project, project_sample
from goldspan.data.schema import load_policy
from goldspan.model import Block, Extraction, Gold, GoldBlock, Page, Prediction, Sample, Span, System

FIRST = "The ferry to Skarn left an hour late because a seal slept on the ramp."
SECOND = "Nobody dared to wake it, and the captain read the paper twice."


def stream(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(text, path="html/body/p") for text in texts)


def labels(*texts: str, gold: str, title: str | None = None) -> list[str]:
    return [block.label for block in project(stream(*texts), gold, title).blocks]


def pieces(block: GoldBlock) -> list[tuple[str, str]]:
    return [(block.text[span.start : span.end], span.label) for span in block.spans]


def test_whole_blocks() -> None:
    """What the gold holds is body, the title is the title, the rest is other."""
    texts = ("Home News", "A seal sleeps", FIRST, "Advert", SECOND, "A seal sleeps")
    found = labels(*texts, gold=f"{FIRST} {SECOND}", title="A Seal sleeps!")
    assert found == ["other", "title", "body", "other", "body", "title"]


def test_a_title_that_the_gold_holds_is_body() -> None:
    """The corpus counts it as content, so it is."""
    assert labels("A seal sleeps", FIRST, gold=f"A seal sleeps\n{FIRST}", title="A seal sleeps") == ["body", "body"]


def test_a_mixed_block_gets_spans() -> None:
    """The commoner label is the block's, and each run of the other a span of exactly its words."""
    block = project(stream(FIRST + " Share (now)! " + SECOND), f"{FIRST}\n{SECOND}").blocks[0]
    assert (block.label, block.role, block.duplicate_of) == ("body", "p", None)
    assert pieces(block) == [("Share (now", "other")]
    block = project(stream("Read more stories like this one here today: " + "the seal slept"), "the seal slept").blocks[
        0
    ]
    assert block.label == "other"
    assert pieces(block) == [("the seal slept", "body")]


def test_a_small_hole_stays() -> None:
    """A footnote mark that the gold lacks is a hole of one token, not smoothed over."""
    text = FIRST.replace("seal", "seal[12]")
    block = project(stream(text, SECOND), f"{FIRST} {SECOND}").blocks[0]
    at = text.index("12")
    assert block.spans == (Span(at, at + 2, "other"),)


def test_a_block_without_tokens_is_other() -> None:
    """A rule of dashes has nothing to be owed."""
    assert labels(FIRST, "* * *", SECOND, gold=f"{FIRST} {SECOND}") == ["body", "other", "body"]


def test_a_second_version_of_the_page_is_a_copy() -> None:
    """Text that stands twice is owed once; each copy names the block it copies."""
    blocks = project(stream(FIRST, SECOND, "Menu", FIRST, SECOND), f"{FIRST}\n{SECOND}").blocks
    assert [block.label for block in blocks] == ["body", "body", "other", "body", "body"]
    assert [block.duplicate_of for block in blocks] == [None, None, None, 0, 1]


def test_a_copy_of_several_blocks_in_one_is_spans() -> None:
    """A print version without paragraphs: each stretch names its own block."""
    last = project(stream(FIRST, SECOND, f"Print: {FIRST} {SECOND}"), f"{FIRST}\n{SECOND}").blocks[2]
    assert (last.label, last.duplicate_of) == ("other", None)
    assert [(last.text[s.start : s.end], s.label, s.duplicate_of) for s in last.spans] == [
        (FIRST.rstrip("."), "body", 0),
        (SECOND.rstrip("."), "body", 1),
    ]


@pytest.mark.parametrize(
    ("teaser", "label"),
    [
        ("because a seal slept", "body"),  # the whole of its block, four tokens
        ("because a seal", "other"),  # the whole of its block, three
        ("More: because a seal slept", "other"),  # a part of its block, four
        ("More: The ferry to Skarn left an hour late", "body"),  # a part, eight: a span
    ],
)
def test_short_runs_are_no_copies(teaser: str, label: str) -> None:
    """Four words in common say little, unless they are all that the block holds."""
    block = project(stream(FIRST, teaser), FIRST).blocks[1]
    found = {block.label} | {span.label for span in block.spans}
    assert ("body" in found) == (label == "body")


def test_words_that_the_page_lacks_are_extra() -> None:
    """They are neutral, in runs as the gold has them, and cost coverage; a second occurrence does not."""
    invented = "Translated from the Danish,"
    found = project(stream(FIRST, SECOND), f"{invented} {FIRST} {SECOND}")
    assert [block.text for block in found.extra] == [invented.rstrip(",")]
    assert found.coverage == pytest.approx(1 - 4 / len(tokenise(f"{invented} {FIRST} {SECOND}")))
    twice = project(stream(FIRST, SECOND), f"{FIRST} {SECOND} {FIRST}")
    assert [block.text for block in twice.extra] == [FIRST.rstrip(".")]
    assert twice.coverage == 1


def test_words_glued_in_the_gold_are_found() -> None:
    """The aligner mends them; the extra text cuts no word in two."""
    found = project(stream(FIRST, SECOND), f"{FIRST.replace('a seal', 'aseal')} {SECOND} unknown")
    assert [block.label for block in found.blocks] == ["body", "body"]
    assert [block.text for block in found.extra] == ["unknown"]


def test_an_empty_gold_says_that_the_page_has_no_content() -> None:
    """Nothing is missing from it, and nothing is body."""
    found = project(stream(FIRST, SECOND), " ")
    assert found.coverage == 1
    assert [block.label for block in found.blocks] == ["other", "other"]
    assert found.extra == ()


def sample(gold: Gold) -> Sample:
    html = f"<body><nav>Home</nav><p>{FIRST}</p><p>{SECOND}</p></body>"
    return Sample(Page("p", html.encode(), encoding="utf-8"), gold)


def test_samples() -> None:
    """Labels where the text stands on the page, the coverage alone where it does not, and no change without a text."""
    projected = project_sample(sample(Gold(reference=f"{FIRST} {SECOND}"))).gold
    assert [block.label for block in projected.blocks or ()] == ["other", "body", "body"]
    assert projected.coverage == 1
    other = f"{FIRST} Quite another text follows on from there, of many words."
    elsewhere = project_sample(sample(Gold(reference=other))).gold
    assert elsewhere.blocks is None
    assert elsewhere.coverage is not None
    assert elsewhere.coverage < COVERAGE
    for gold in (Gold(), Gold(reference=FIRST, blocks=(GoldBlock(FIRST, "body"),))):
        assert project_sample(sample(gold)).gold is gold


def test_the_gold_text_scores_in_full() -> None:
    """An output equal to the reference has precision and recall 1 on its own projection, copies and extra included."""
    reference = f"A line from nowhere.\n{FIRST}\n{SECOND}"
    blocks = stream("Home", FIRST, "Advert: buy a kettle", SECOND, FIRST + " " + SECOND, "Imprint")
    found = project(blocks, reference)
    gold = Gold(blocks=found.blocks, extra=found.extra, reference=reference)
    policy = load_policy("neutral")
    prediction = Prediction("s", "p", "ok", Extraction(reference))
    case = case_of(gold, prediction, System("s", "1"), policy, tokenise_gold(gold, policy))
    values = find_metric("body").measure(case)
    assert values is not None
    assert (values["precision"], values["recall"]) == (1, 1)


WORDS = st.sampled_from(["sea", "ice", "ﬁn", "Ⅻ", "x²", "é", "中文", "हिन्दी", "co\u00adop", "½a", "—", "a.b", "[1]"])
LINE = st.lists(WORDS, min_size=1, max_size=14).map(" ".join) | st.text(max_size=20).map(lambda t: " ".join(t.split()))
LINES = st.lists(LINE.filter(bool), max_size=6)


@settings(max_examples=300, deadline=None)
@given(LINES, LINES, st.booleans())
def test_any_projection_is_sound(page: list[str], gold: list[str], takes_from_page: bool) -> None:
    """The stream's texts stay; spans lie inside their blocks, in order; copies name originals; and no letter is owed
    that the gold does not hold (letters, not words, because words may be glued on one side)."""
    reference = "\n".join(gold + page[::2] if takes_from_page else gold)
    found = project(stream(*page), reference)
    assert [block.text for block in found.blocks] == page
    assert 0 <= found.coverage <= 1
    for number, block in enumerate(found.blocks):
        at = 0
        for span in block.spans:
            assert at <= span.start < span.end <= len(block.text)
            at = span.end
        marks: list[GoldBlock | Span] = [block, *block.spans]
        for mark in marks:
            if mark.duplicate_of is not None:
                assert mark.label == "body"
                assert mark.duplicate_of != number or mark is not block
                assert found.blocks[mark.duplicate_of].duplicate_of is None
    if all(len(normalise(line)) == len(line) for line in page):  # else a word's tokens share its mark
        gold_tokens = tokenise_gold(Gold(blocks=found.blocks), load_policy("strict"))
        content = (
            token for token, lane in zip(gold_tokens.target.tokens, gold_tokens.lanes, strict=True) if lane == CONTENT
        )
        assert not Counter("".join(content)) - Counter("".join(tokenise(reference)))
