"""Each constant of the alignment, on both sides of where it decides.

Pages are laid out so that one rule alone can place the words in question: they stand far away from what is around them
in the output, so that no gap reaches them, and inside a long block, so that they are no block of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from goldspan.core.align import Target, align, in_units_of

CONTENT, NEUTRAL, NOISE, EXTRA = range(4)
INVENTED = -1


def names(prefix: str, count: int) -> list[str]:
    """That many words that stand nowhere else."""
    return [f"{prefix}{number}" for number in range(count)]


def content(*blocks: Sequence[str]) -> Target:
    """A page that is content alone."""
    return lanes(*((CONTENT, block) for block in blocks))


def lanes(*blocks: tuple[int, Sequence[str]]) -> Target:
    found = [(word, lane, number) for number, (lane, words) in enumerate(blocks) for word in words]
    return Target(*map(list, zip(*found, strict=True)))  # type: ignore[arg-type]


def places(page: Target, output: Sequence[str]) -> list[int]:
    found = align(page, output)
    assert found.tokens == tuple(output)
    return found.positions.tolist()


def between(page: Target, words: Sequence[str]) -> list[int]:
    """The places of words put out between the page's first four words and the four after them."""
    found = places(page, [*page.tokens[:4], *words, *page.tokens[4:8]])
    assert found[:4] + found[-4:] == list(range(8))
    return found[4:-4]


def test_a_run_goes_on_where_the_last_one_ended_though_a_longer_one_stands_elsewhere() -> None:
    page = content([*names("w", 4), *"a b c d x".split()], "a b c d e f g".split())
    found = align(page, [*names("w", 4), "q", *"a b c d e f g".split()])
    assert found.positions.tolist() == [0, 1, 2, 3, -1, 4, 5, 6, 7, 13, 14, 15]


# SEED


def test_four_words_are_a_repetition_and_three_are_not() -> None:
    page = content("one two three four five six".split())
    four = align(page, "one two three four five six two three four five".split())
    assert four.positions.tolist() == [0, 1, 2, 3, 4, 5, 1, 2, 3, 4]
    assert four.repeated.tolist() == [False] * 6 + [True] * 4
    three = align(page, "one two three four five six two three four".split())
    assert three.positions.tolist() == [0, 1, 2, 3, 4, 5, -1, -1, -1]
    assert not three.repeated.any()


def test_four_words_of_content_come_before_five_of_noise_and_three_do_not() -> None:
    words = "a b c d e".split()
    assert places(lanes((NOISE, words), (CONTENT, words[1:])), words) == [0, 5, 6, 7, 8]
    assert places(lanes((NOISE, words), (CONTENT, words[2:])), words) == [0, 1, 2, 3, 4]


def test_a_repetition_goes_on_as_far_as_it_can() -> None:
    page = content("one two three four five six".split())
    found = align(page, "one two three four five six one two three four five six".split())
    assert found.positions.tolist() == [0, 1, 2, 3, 4, 5] * 2
    assert found.repeated.tolist() == [False] * 6 + [True] * 6
    found = align(page, "one two three four five six one two three four six".split())
    assert found.positions.tolist() == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, -1]


def test_a_repetition_ends_where_the_page_was_not_used() -> None:
    """Five words were put out, so that only these can be repeated: the sixth takes its own place."""
    page = content("one two three four five".split(), "six seven eight nine ten".split())
    found = align(page, "one two three four five one two three four five six".split())
    assert found.positions.tolist() == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5]
    assert found.repeated.tolist() == [False] * 5 + [True] * 5 + [False]


# RARE and the reach of common runs


def common(count: int, before: int) -> Target:
    """Eight words, then after ``before`` others the pair ``x y`` so many times, five words apart."""
    rest = [word for number in range(count) for word in ("x", "y", *names(f"s{number}_", 3))]
    return content([*names("w", 8), *names("f", before), *rest, "end"])


def test_a_pair_is_rare_up_to_twice() -> None:
    assert between(common(2, before=60), ["x", "y"]) == [68, 69]
    assert between(common(3, before=60), ["x", "y"]) == [INVENTED, INVENTED]


@pytest.mark.parametrize(("before", "found"), [(44, [52, 53]), (45, [INVENTED, INVENTED])])
def test_a_common_pair_goes_on_within_48_words(before: int, found: list[int]) -> None:
    """The last run ends before the page's fifth word, so that a pair at 52 is 48 words on."""
    assert between(common(3, before), ["x", "y"]) == found


def test_of_common_pairs_the_next_four_are_compared() -> None:
    """The longest of them wins, and the first of equals."""
    for longest, found in {3: [26, 27, 28], 4: [11, 12, INVENTED]}.items():
        rest = [w for n in range(6) for w in ("x", "y", "z" if n == longest else f"s{n}", f"r{n}", f"q{n}")]
        assert between(content([*names("w", 8), *names("f", 3), *rest, "end"]), ["x", "y", "z"]) == found


def test_a_common_pair_behind_the_last_run_is_not_taken() -> None:
    page = content([*(w for n in range(3) for w in ("x", "y", f"s{n}")), *names("w", 8), *names("f", 9)])
    found = places(page, [*names("w", 4), "x", "y", *names("w", 8)[4:]])
    assert found == [9, 10, 11, 12, -1, -1, 13, 14, 15, 16]


# _NEAREST


def copies(count: int, longest: int) -> Target:
    """A word, a run of four so many times, one of them followed by the word ``tail``, and four words of the end."""
    return content(
        ["start"],
        [w for n in range(count) for w in ("a", "b", "c", "d", "tail" if n == longest else f"s{n}")],
        names("end", 4),
    )


@pytest.mark.parametrize(("count", "longest", "at"), [(17, 15, 76), (17, 16, 1), (16, 15, 76)])
def test_of_many_places_ahead_the_nearest_16_are_compared(count: int, longest: int, at: int) -> None:
    assert places(copies(count, longest), ["a", "b", "c", "d", "tail"])[:4] == [at, at + 1, at + 2, at + 3]


@pytest.mark.parametrize(("count", "longest", "at"), [(17, 1, 6), (17, 0, 6), (18, 1, 11), (16, 0, 1)])
def test_of_many_places_behind_the_nearest_16_are_compared(count: int, longest: int, at: int) -> None:
    """The last run is at the end of the page; of equals, the first is taken."""
    found = places(copies(count, longest), [*names("end", 4), "a", "b", "c", "d", "tail"])
    assert found[4:8] == [at, at + 1, at + 2, at + 3]


def test_places_ahead_come_before_places_behind_where_they_are_equal() -> None:
    run = "a b c d".split()
    page = content([*run, *names("w", 4), "s", *run, "t"])
    assert places(page, [*names("w", 4), *run])[4:] == [9, 10, 11, 12]


@pytest.mark.parametrize(("straddling", "repeated"), [(15, True), (16, False)])
def test_a_repetition_is_looked_for_at_16_places(straddling: int, repeated: bool) -> None:
    """Copies that stand half in one lane and half in another cannot be taken, but they are looked at."""
    blocks = [
        half for n in range(straddling) for half in ((CONTENT, ["a", "b"]), (NOISE, ["c", "d"]), (NEUTRAL, [f"s{n}"]))
    ]
    page = lanes(*blocks, (CONTENT, ["a", "b", "c", "d", "end"]))
    found = align(page, ["a", "b", "c", "d"] * 2)
    assert found.repeated.tolist() == [False] * 4 + [repeated] * 4


# SHORT


def test_a_block_of_three_words_is_found_wherever_it_stands() -> None:
    """Its pairs are too common, and too far away, to be found as runs."""
    filler = [*names("f", 60), *"x y p x y q y z r y z s".split()]
    page = content([*names("w", 8), *filler], ["x", "y", "z"])
    assert between(page, ["x", "y", "z"]) == [80, 81, 82]


def test_of_short_blocks_the_longest_is_taken_and_the_first_unused_one() -> None:
    filler = [*names("f", 60), *"x y p x y q y z r y z s".split()]
    page = content([*names("w", 8), *filler], ["x"], ["x", "y", "z"], ["x"])
    assert between(page, ["x", "y", "z"]) == [81, 82, 83]
    assert between(page, ["x", "q1", "x", "q2", "x"]) == [80, -1, 84, -1, -1]


def test_a_block_of_four_words_is_no_short_one() -> None:
    """Of forty equal blocks, the 16 nearest to the end are used, and those before them are too far."""
    page = content(*(["a", "b", "c", "d"] for _ in range(40)), names("end", 8))
    found = places(page, [*names("end", 8), *["a", "b", "c", "d"] * 17])
    assert found[8:72] == list(range(96, 160))
    assert found[72:] == [INVENTED] * 4


# gaps


def gap(size: int, at: int) -> Target:
    """Two runs with so many places between them, and the word ``zip`` at one of these."""
    inside = names("f", size)
    inside[at] = "zip"
    return content([*names("w", 4), *inside, *names("v", 4)])


def across(page: Target, words: Sequence[str] = ("zip",)) -> list[int]:
    """The places of words put out between the runs of :func:`gap`."""
    return places(page, [*names("w", 4), *words, *names("v", 4)])[4:-4]


def test_a_gap_of_4000_is_searched_and_a_longer_one_at_its_ends() -> None:
    """From the last place before it to the first after it are 4,000 places: 3,999 between them."""
    assert across(gap(3999, 2000)) == [2004]
    assert across(gap(4000, 2000)) == [INVENTED]


@pytest.mark.parametrize(("at", "found"), [(9, [13]), (10, [-1]), (4989, [-1]), (4990, [4994])])
def test_at_its_ends_a_long_gap_is_searched_twice_as_far_as_the_hole_and_eight_more(at: int, found: list[int]) -> None:
    assert across(gap(5000, at)) == found


@pytest.mark.parametrize(("at", "found"), [(3999, [3999]), (4000, [-1])])
def test_an_output_without_any_run_is_looked_for_in_the_first_4000_words(at: int, found: list[int]) -> None:
    words = names("f", 5000)
    words[at] = "zip"
    assert places(content(words), ["zip"]) == found


def test_of_a_long_hole_the_first_4000_words_are_looked_for() -> None:
    """Each known word of the output is followed by one of nowhere: the 2,001st known one is its 4,001st."""
    known = names("t", 2001)
    found = places(content(known), [word for pair in zip(known, names("q", 2001), strict=True) for word in pair])
    assert found[::2] == [*range(2000), INVENTED]


def test_a_gap_before_the_first_run_and_behind_the_last_reaches_the_ends_of_the_page() -> None:
    page = content([*"a f b f c".split(), *names("w", 4), *"d f e".split()])
    assert places(page, ["b", *names("w", 4), "e"]) == [2, 5, 6, 7, 8, 11]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("53421", [-1, 9, 11, -1, -1]),
        ("36251847", [-1] * 8),
        ("4321", [-1] * 4),
        ("321", [-1] * 3),
        ("21", [7, -1]),
        ("13", [5, 9]),
    ],
)
def test_matches_in_a_gap_need_two_fifths_of_its_known_words(order: str, found: list[int]) -> None:
    """In the page's order are two of five words, which is enough; or three of eight, which is not."""
    page = content([*names("w", 4), *"f 1 f 2 f 3 f 4 f 5 f 6 f 7 f 8 f".split(), *names("v", 4)])
    assert across(page, list(order)) == found


@pytest.mark.parametrize(("unknown", "found"), [(3, 5), (4, INVENTED)])
def test_matches_in_a_gap_need_a_quarter_of_all_its_words(unknown: int, found: int) -> None:
    page = content([*names("w", 4), "f", "zip", "f", *names("v", 4)])
    assert across(page, ["zip", *names("q", unknown)]) == [found, *[INVENTED] * unknown]


# lanes and units


def test_the_lanes_come_one_after_the_other() -> None:
    """The same four words stand in each lane; each copy of the output gets the next."""
    run = "a b c d".split()
    page = lanes((EXTRA, run), (NOISE, run), (NEUTRAL, run), (CONTENT, run))
    found = align(page, run * 5)
    assert found.positions.tolist()[::4] == [12, 8, 4, 0, 0]
    assert found.repeated.tolist()[::4] == [False] * 4 + [True]


@pytest.mark.parametrize("length", [60, 61])
def test_a_long_glued_word_is_split(length: int) -> None:
    first, second = "a" * 30, "b" * (length - 30)
    tokens, sources = in_units_of(content([first, second]), [first + second])
    assert len(tokens) == len(sources) == 2


def test_a_page_whose_lists_differ_in_length_is_refused() -> None:
    with pytest.raises(ValueError, match="1 tokens, 2 lanes, 1 blocks"):
        Target(["a"], [0, 0], [0])
    with pytest.raises(ValueError, match="1 tokens, 1 lanes, 2 blocks"):
        Target(["a"], [0], [0, 0])
