"""A system's text laid over the page, small enough to keep for every page of every system.

For each block of the gold a line of runs, ``k120l34``: 120 code points kept, 34 lost; a letter alone stands for the
whole block. Blocks that were rightly left out are not named. Text that is nowhere on the page, or is
repeated, follows in the output's own lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from goldspan.core.scoring import case_of
from goldspan.data.corpora import Corpus
from goldspan.data.schema import load_policy
from goldspan.leaderboard.card import Card
from goldspan.model import Prediction
from goldspan.report.explain import Bit, Explained, Fold, Kind, Line, explain
from goldspan.report.explain_console import summary

LETTERS: Mapping[Kind, str] = MappingProxyType(
    {
        "kept": "k", "lost": "l", "leaked": "e", "neutral": "n", "neutral-missed": "m", "noise": "o", "copy": "c",
        "invented": "i", "repeated": "r", "between": "-",
    }
)  # fmt: skip
_LEFT_OUT = frozenset({"noise", "between"})
_BESIDE = frozenset({"invented", "repeated"})
_MOST = 4000
"""Code points of the output's lines that are kept of a page."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """One system's text over one page.

    Attributes:
        said: the page's figures, in words.
        blocks: the runs of each block that is named, by its number.
        lines: lines of the output with invented or repeated words: a label, and runs of letter and text.
        more: such lines that are left out, for room.
    """

    said: tuple[str, ...]
    blocks: Mapping[int, str]
    lines: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    more: int = 0

    def data(self) -> dict[str, Any]:
        """As JSON, with short names: it is stored for every page of every system."""
        found: dict[str, Any] = {"s": list(self.said), "b": {str(number): runs for number, runs in self.blocks.items()}}
        if self.lines:
            found["x"] = [[label, [list(run) for run in runs]] for label, runs in self.lines]
        return found | ({"m": self.more} if self.more else {})


def overlays(card: Card, predictions: Mapping[str, Prediction], corpus: Corpus, policy: str) -> dict[str, Overlay]:
    """A system's text over every page of the corpus that has labelled blocks."""
    from goldspan.core.policy import tokenise_gold

    rules = load_policy(policy)
    found = {}
    for name in corpus.ids:
        sample = corpus.load(name)
        if sample.gold.blocks is None:
            continue
        case = case_of(sample.gold, predictions[name], card.system, rules, tokenise_gold(sample.gold, rules))
        assert case.gold_tokens is not None
        assert case.alignment is not None
        found[name] = overlay_of(explain(sample, predictions[name], case.gold_tokens, case.alignment, case.text))
    return found


def overlay_of(explained: Explained) -> Overlay:
    """What is kept of a page explained."""
    blocks = {
        line.number: _runs(line.bits)
        for line in _unfolded(explained)
        if line.number is not None and not {bit.kind for bit in line.bits} <= _LEFT_OUT
    }
    lines: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    room, more = _MOST, 0
    for line in explained.output:
        if not line.kinds & _BESIDE:
            continue
        length = sum(len(bit.text) for bit in line.bits)
        if length > room:
            more += 1
            continue
        room -= length
        lines.append((line.label, tuple((LETTERS[bit.kind], bit.text) for bit in line.bits)))
    return Overlay(tuple(summary(explained)), blocks, tuple(lines), more)


def _unfolded(explained: Explained) -> Iterator[Line]:
    for item in explained.page:
        if isinstance(item, Fold):
            yield from item.lines
        else:
            yield item


def _runs(bits: tuple[Bit, ...]) -> str:
    if len(bits) == 1:
        return LETTERS[bits[0].kind]
    return "".join(f"{LETTERS[bit.kind]}{len(bit.text)}" for bit in bits)
