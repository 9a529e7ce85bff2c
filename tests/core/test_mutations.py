"""Every metric proves itself: known mutations of a right answer, and which way each figure moves.

The right answer is the body of one page, without its furniture. A column that stays ``=`` where something is wrong says
that the figure cannot tell that mutation apart; the notes name the reason.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from goldspan.core.metrics import find_metric
from goldspan.core.metrics.base import Case
from goldspan.core.policy import tokenise_gold
from goldspan.core.scoring import case_of
from goldspan.data.schema import load_policy
from goldspan.model import Extraction, Gold, GoldBlock, Prediction, System

NAVIGATION = "Home Harbour news Weather Tide tables Letters"
TITLE = "Ferry delayed by a sleeping seal"
ONE = "The ferry to Skarn left an hour late on Monday because a seal slept on the loading ramp."
TWO = "Nobody dared to wake it, and the captain read his newspaper twice before the animal moved away."
HEADING = "What the timetable says"
ITEMS = ("Morning boats leave at seven", "Evening boats return by nine")
ROWS = (("Harbour", "Depth"), ("Skarn", "fourteen metres"), ("Olden", "eleven fathoms"))
THREE = "Passengers were given hot soup, dry blankets and a discount on their next crossing."
CAPTION = "The seal, seen from the upper deck"
RELATED = "Lighthouse keeper retires after forty stormy winters alone"

BLOCKS = (
    GoldBlock(NAVIGATION, "navigation"),
    GoldBlock(TITLE, "title"),
    GoldBlock(ONE, "body", "p"),
    GoldBlock(CAPTION, "caption"),
    GoldBlock(TWO, "body", "p"),
    GoldBlock(HEADING, "body", "h2"),
    *(GoldBlock(item, "body", "li") for item in ITEMS),
    *(GoldBlock(c, "body", "cell", cell=(0, i, j)) for i, row in enumerate(ROWS) for j, c in enumerate(row)),
    GoldBlock(RELATED, "related"),
    GoldBlock(THREE, "body", "p"),
)
GOLD = Gold(blocks=BLOCKS)
CELLS = [cell for row in ROWS for cell in row]
LINES = [ONE, TWO, HEADING, *ITEMS, *CELLS, THREE]

FIGURES = (
    "body.f1", "body.precision", "body.recall", "leak.tokens", "loss.tokens", "surplus.invented", "surplus.repeated",
    "order.tau", "shingle.f1", "words.f1", "rouge-lsum.f1", "edit.similarity",
)  # fmt: skip


def text(*lines: str) -> str:
    return "\n".join(lines)


def without(*gone: str) -> str:
    return text(*(line for line in LINES if line not in gone))


def replaced(old: str, new: str) -> str:
    return text(*LINES).replace(old, new)


def shuffled_words() -> str:
    words = " ".join(LINES).split()
    random.Random(1).shuffle(words)
    return " ".join(words)


# A column each for: body f1, precision, recall; leak; loss; invented, repeated; order; shingle, words, rouge, edit.
MUTATIONS: dict[str, tuple[Callable[[], str], str]] = {
    "the last paragraph is gone": (lambda: without(THREE), "-=- = + == = ----"),
    "a heading is gone": (lambda: without(HEADING), "-=- = + == = ----"),
    "a table row is gone": (lambda: without(*ROWS[1]), "-=- = + == = ----"),
    "a list item is gone": (lambda: without(ITEMS[0]), "-=- = + == = ----"),
    "the navigation leaks": (lambda: text(NAVIGATION, *LINES), "--= + = == = ----"),
    "a teaser leaks": (lambda: text(*LINES[:-1], RELATED, THREE), "--= + = == = ----"),
    # Furniture is neutral under the policy; the figures over plain texts have no such thing.
    "the title is there": (lambda: text(TITLE, *LINES), "=== = = == = ----"),
    "the caption is there": (lambda: text(ONE, CAPTION, *LINES[1:]), "=== = = == = ----"),
    "the title is there twice": (lambda: text(TITLE, TITLE, *LINES), "--= = = =+ = ----"),
    "a paragraph is there twice": (lambda: text(ONE, *LINES), "--= = = =+ = ----"),
    "the whole is there twice": (lambda: text(*LINES, *LINES), "--= = = =+ = ----"),
    "a sentence is invented": (lambda: text(*LINES, "Zebras quarrelled beneath violet umbrellas"), "--= = = += = ----"),
    # Order is no part of the headline, and a bag of words or of sentences has none.
    "paragraphs are in reverse": (lambda: text(*reversed(LINES)), "=== = = == - -==-"),
    "the table is put out by columns": (
        lambda: text(*LINES[:5], *CELLS[::2], *CELLS[1::2], THREE),
        "=== = = == - -==-",
    ),
    "all words are shuffled": (shuffled_words, "--- * + +* * -=--"),
    "every word is one of nowhere": (lambda: " ".join("q" * 3 for _ in range(70)), "--- = + += * ----"),
    # Lines are no tokens.
    "two list items are one line": (lambda: replaced(f"{ITEMS[0]}\n", f"{ITEMS[0]} "), "=== = = == = ===-"),
    "paragraphs are one line": (lambda: " ".join(LINES), "=== = = == = ===-"),
    "a space is lost": (lambda: replaced("loading ramp", "loadingramp"), "=== = = == = ----"),
    "a word is split": (lambda: replaced("newspaper", "news paper"), "=== = = == = ----"),
    "a word is another": (lambda: replaced("captain", "admiral"), "--- = + += = ----"),
    "a word is lost": (lambda: replaced("hot soup", "soup"), "-=- = + == = ----"),
    "all is in capitals": (lambda: text(*LINES).upper(), "=== = = == = -=--"),
    "punctuation is gone": (lambda: replaced(",", "").replace(".", ""), "=== = = == = ==--"),
    "nothing is left": (lambda: "", "--- = + == * ----"),
}


def figures(output: str | None) -> dict[str, float | None]:
    """Every figure of one output, pooled over that page alone; None where it does not apply."""
    policy = load_policy("neutral")
    prediction = Prediction("s@1", "p", "ok" if output else "empty", Extraction(output or ""))
    case: Case = case_of(GOLD, prediction, System("s", "1"), policy, tokenise_gold(GOLD, policy))
    found: dict[str, float | None] = {}
    for name in FIGURES:
        metric = find_metric(name.split(".")[0])
        measured = metric.measure(case)
        if measured is None:
            found[name] = None
            continue
        columns = {column: np.array([value]) for column, value in measured.items()}
        found[name] = float(metric.pool(columns, np.ones((1, 1)))[name.split(".")[1]][0])
    return found


BASE = figures(text(*LINES))


def test_the_right_answer_is_perfect() -> None:
    """Every share is 1 and every count 0, so that each movement below starts from perfection."""
    counts = {"leak.tokens", "loss.tokens", "surplus.invented", "surplus.repeated"}
    perfect = {name: 0.0 if name in counts else 1.0 for name in FIGURES}
    assert figures(text(*LINES)) == pytest.approx(perfect)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_each_figure_moves_the_right_way(mutation: str) -> None:
    """``-`` falls, ``+`` rises, ``=`` stays, ``*`` may do anything or not apply."""
    make, expected = MUTATIONS[mutation]
    found = figures(make())
    signs = {}
    for name in FIGURES:
        before, after = BASE[name], found[name]
        if before is None or after is None:
            signs[name] = "*"
        else:
            signs[name] = "=" if abs(after - before) < 1e-9 else "+" if after > before else "-"
    wanted = dict(zip(FIGURES, expected.replace(" ", ""), strict=True))
    assert {name: sign for name, sign in signs.items() if wanted[name] != "*"} == {
        name: sign for name, sign in wanted.items() if sign != "*"
    }


def test_words_in_any_order_earn_little() -> None:
    """A list of the body's words is the body to a bag of words; to the alignment it is next to nothing."""
    found = figures(shuffled_words())
    assert found["words.f1"] == pytest.approx(1.0)
    assert found["body.f1"] is not None
    assert found["body.f1"] < 0.35
