"""The alignment: what must hold for any output, and small cases by hand."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.core.align import Alignment, Target, align, in_units_of

CONTENT, NEUTRAL, NOISE, EXTRA = range(4)


def target(*blocks: tuple[int, str]) -> Target:
    """A target of blocks given as lane and words."""
    words = [(word, lane, number) for number, (lane, text) in enumerate(blocks) for word in text.split()]
    return Target([word for word, _, _ in words], [lane for _, lane, _ in words], [number for _, _, number in words])


def places(found: Alignment) -> list[int]:
    return found.positions.tolist()


def lanes_of(page: Target, found: Alignment) -> Counter[int]:
    """How many distinct places of each lane the output holds."""
    is_first = (found.positions >= 0) & ~found.repeated
    return Counter(page.lane_of[place] for place in found.positions[is_first].tolist())


def test_each_token_goes_to_its_place() -> None:
    page = target((NOISE, "home news"), (CONTENT, "the heron came back today"), (NOISE, "buy a kettle now please"))
    assert places(align(page, "the heron came back today".split())) == [2, 3, 4, 5, 6]


def test_content_comes_before_noise_whatever_stands_first() -> None:
    """The same four words stand in a teaser and in the body: one output is the body's, a second the teaser's, a third
    repeats."""
    page = target((NOISE, "the heron came back"), (CONTENT, "the heron came back"))
    found = align(page, ("the heron came back " * 3).split())
    assert places(found)[:8] == [4, 5, 6, 7, 0, 1, 2, 3]
    assert found.repeated.tolist() == [False] * 8 + [True] * 4


def test_neutral_comes_before_noise_and_extra_last() -> None:
    words = "the heron came back"
    page = target((EXTRA, words), (NOISE, words), (NEUTRAL, words))
    assert places(align(page, words.split())) == [8, 9, 10, 11]
    page = target((EXTRA, words), (NOISE, words))
    assert places(align(page, words.split())) == [4, 5, 6, 7]


def test_body_goes_on_across_an_advert() -> None:
    """A lane is a sequence of its own: five words of body with an advert in the middle are one run."""
    page = target((CONTENT, "one two three"), (NOISE, "buy a kettle"), (CONTENT, "four five"))
    assert places(align(page, "one two three four five".split())) == [0, 1, 2, 6, 7]


def test_words_of_nowhere_are_invented() -> None:
    page = target((CONTENT, "one two three four"))
    assert places(align(page, "one two three four x y".split())) == [0, 1, 2, 3, -1, -1]


@pytest.mark.parametrize(
    ("output", "units", "sources"),
    [
        ("newmill pond", ["new", "mill", "pond"], [0, 0, 1]),
        ("at thenewmill", ["at", "the", "new", "mill"], [0, 1, 1, 1]),
        ("news paper cut", ["newspaper", "cut"], [0, 2]),
        ("ne wspa per cut", ["newspaper", "cut"], [0, 3]),
        ("ne wspa per", ["newspaper"], [0]),
        ("news paper", ["newspaper"], [0]),
        ("new mill", ["new", "mill"], [0, 1]),
        ("atnewmillpond", ["atnewmillpond"], [0]),
        ("pondthe", ["pondthe"], [0]),
    ],
)
def test_glued_and_split_words(output: str, units: list[str], sources: list[int]) -> None:
    """Any number of words is split or joined, if they stand side by side on the page."""
    page = target((CONTENT, "at the new mill pond"), (CONTENT, "a newspaper cut"))
    found = in_units_of(page, output.split())
    assert (list(found[0]), list(found[1])) == (units, sources)


def test_a_title_on_the_page_twice_is_found_twice_and_repeated_then() -> None:
    title = "ferry delayed by a seal"
    page = target((NEUTRAL, title), (CONTENT, "quite another text of the body"), (NOISE, title))
    found = align(page, (title + " ").split() * 3)
    assert lanes_of(page, found) == {NEUTRAL: 5, NOISE: 5}
    assert int(found.repeated.sum()) == 5


ODD = {
    "nothing": [],
    "unknown": ["zz"] * 50,
    "NUL": ["\x00", "a\x00b", "\x00"],
    "lone surrogates": ["\ud800", "a\udfff", "\udc00"],
    "a long token": ["w" * 1_000_000],
    "many long unknown tokens": [f"{'w' * 50}{number}" for number in range(3000)],
    "the same token": ["heron"] * 20_000,
    "two tokens in turn": ["heron", "pond"] * 10_000,
    "one short block over and over": ["x", "home"] * 10_000,
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("page", ["", "heron", "heron heron heron heron heron", "home | heron pond " * 2000])
def test_odd_outputs_against_odd_pages(name: str, page: str) -> None:
    """No exception, one answer for each unit, no place twice."""
    lanes = (CONTENT, NOISE, NEUTRAL)
    made = target(*((lanes[number % 3], text) for number, text in enumerate(page.split("|"))))
    check(made, ODD[name], align(made, ODD[name]))


def check(page: Target, output: Sequence[str], found: Alignment) -> None:
    """What holds for every alignment."""
    count = len(found.tokens)
    assert len(found.sources) == len(found.positions) == len(found.repeated) == count
    assert "".join(found.tokens) == "".join(output)
    assert list(found.sources) == sorted(found.sources)
    assert set(found.sources) <= set(range(len(output)))
    for token, place in zip(found.tokens, places(found), strict=True):
        assert place == -1 or page.tokens[place] == token
    first = found.positions[(found.positions >= 0) & ~found.repeated]
    assert len(np.unique(first)) == len(first)
    again = set(found.positions[found.repeated].tolist())
    assert again <= set(first.tolist()) | again
    assert -1 not in again


WORD = st.sampled_from("a b c d e f g ab bc abc de the sea ice seaice 中 文".split())
BLOCK = st.tuples(st.sampled_from((CONTENT, CONTENT, NEUTRAL, NOISE, EXTRA)), st.lists(WORD, max_size=9).map(" ".join))


@settings(max_examples=150, deadline=None)
@given(st.lists(BLOCK, max_size=8), st.lists(WORD | st.text(min_size=1, max_size=3), max_size=40))
def test_any_alignment_is_sound(blocks: list[tuple[int, str]], output: list[str]) -> None:
    """Over a tiny vocabulary, where everything repeats; and the same input gives the same alignment."""
    page = target(*blocks)
    found = align(page, output)
    check(page, output, found)
    again = align(target(*blocks), output)
    assert places(again) == places(found)
    assert again.repeated.tolist() == found.repeated.tolist()


@settings(max_examples=100, deadline=None)
@given(st.lists(BLOCK, max_size=10))
def test_the_whole_page_is_found_whole(blocks: list[tuple[int, str]]) -> None:
    """The page's own tokens are the page's own units, and all of them have a place or repeat one."""
    page = target(*blocks)
    if all(page.tokens[i] + page.tokens[i + 1] not in page.vocabulary for i in range(len(page.tokens) - 1)):
        found = align(page, page.tokens)
        assert len(found.positions) == len(page.tokens)


def story(chance: random.Random, words: int, count: int) -> list[tuple[int, list[str]]]:
    """Blocks of a page with a vocabulary of that many words, of which some are far commoner than others."""
    vocabulary = [f"{a}{b}{c}" for a in "bdklmnprst" for b in "aeiou" for c in "nrstlmkxyz"][:words]
    common = chance.choices(vocabulary, k=30)
    return [
        (
            chance.choice((CONTENT, CONTENT, NOISE)),
            [chance.choice(common if chance.random() < 0.4 else vocabulary) for _ in range(chance.choice((6, 20, 60)))],
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("mode", ["in order", "shuffled", "third replaced", "shuffled, some words replaced"])
def test_what_was_put_out_is_found(seed: int, mode: str) -> None:
    """Of outputs that are made of the page's blocks, the truth is known: kept content is within .05 of it, and noise
    within .05 of the output."""
    chance = random.Random(f"{seed} {mode}")
    blocks = story(chance, 400, 30)
    page = target(*((lane, " ".join(words)) for lane, words in blocks))
    chosen = [number for number in range(len(blocks)) if chance.random() < 0.6]
    if mode.startswith("shuffled"):
        chance.shuffle(chosen)
    words = [(word, blocks[number][0]) for number in chosen for word in blocks[number][1]]
    is_lost = {
        "third replaced": lambda i: i % 3 == 2,
        "shuffled, some words replaced": lambda _: chance.random() < 0.1,
    }.get(mode, lambda _: False)
    output, truth = [], Counter[int]()
    for i, (word, lane) in enumerate(words):
        if is_lost(i):
            output.append(f"Q{i}")
        else:
            output.append(word)
            truth[lane] += 1
    found = align(page, output)
    check(page, output, found)
    content = sum(lane == CONTENT for lane in page.lane_of)
    kept = lanes_of(page, found)
    assert abs(kept[CONTENT] - truth[CONTENT]) <= 0.05 * content
    assert abs(kept[NOISE] - truth[NOISE]) <= 0.05 * len(output)


@pytest.mark.parametrize("seed", range(5))
def test_another_text_earns_little(seed: int) -> None:
    """A text of the same words in other sentences holds none of the page's; at most a quarter is taken for it."""
    chance = random.Random(seed)
    blocks = story(chance, 400, 20)
    page = target(*((lane, " ".join(words)) for lane, words in blocks))
    output = [word for _, words in blocks for word in words]
    chance.shuffle(output)
    kept = lanes_of(page, align(page, output))
    assert kept[CONTENT] <= 0.25 * sum(lane == CONTENT for lane in page.lane_of)
