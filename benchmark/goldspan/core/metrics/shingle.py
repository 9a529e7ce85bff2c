"""``shingle``: the 4-gram F1 of Zyte's article-extraction-benchmark, and the fast tokens and counts behind it.

Tokens are runs of ``\\w``, case kept. Shingles are 4-grams of tokens as a multiset; a text of one to three tokens
gives one shingle of all its tokens, an empty text none. For a page, tp is the sum of the smaller counts, fp the
output's surplus, fn the reference's surplus, all three divided by their sum where it is positive.

* page precision = 1 if fp = fn = 0, else 0 if tp = fp = 0, else tp / (tp + fp); recall likewise with fn;
* ``precision`` = mean over pages with tp + fp > 0, ``recall`` = mean over pages with tp + fn > 0;
* ``f1`` = 2PR / (P + R) of those two means; ``accuracy`` = share of pages whose token lists are identical.

Source: https://github.com/scrapinghub/article-extraction-benchmark, ``evaluate.py``. Two weaknesses of the
definition, kept so that its published tables come out: an empty output takes no part in the precision, so that a
system that gives up loses recall alone; and ``\\w`` clumps a Chinese clause into one token and breaks words of
Hindi, Thai and Burmese at their vowel marks. Where upstream stops with an error because no page has a precision (or
a recall), that mean is NaN here and counts as 0 in ``f1``, which is NaN only where both are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count, islice, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldspan.core.metrics.base import Array, Case, Columns, Metric, ratio

SIZE = 4
"""Tokens in a shingle. The packing below is written for this number."""

_ASCII = bytes(range(128))
_NUL = b"\0"
_SEPARATE = bytes(c if c >= 128 or c == 0 or chr(c).isalnum() or c == 95 else 32 for c in range(256))
_STRANGE = re.compile(r"[^\w\x00-\x7f]")
_MANY = 64


class Overlap(NamedTuple):
    """Shingle counts of one output against its reference, before they are divided by their sum."""

    tp: int
    fp: int
    fn: int
    same: bool


def words(text: str) -> list[bytes]:
    """The tokens of ``re.findall(r"\\w+", text)``, in UTF-8: equal tokens are equal bytes, at a third of the time.

    UTF-8 keeps the bytes of ASCII to ASCII, so that once the other characters that are no part of a word are
    spaces, a byte table and ``bytes.split`` do the rest.
    """
    return _separated(text.replace("\0", " ")).split()


def _separated(text: str) -> bytes:
    """The text in UTF-8 with a space for every character that ``\\w`` does not match, except NUL."""
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) == len(text):
        return raw.translate(_SEPARATE)
    others = set(raw.translate(None, _ASCII).decode("utf-8", "surrogatepass"))
    strange = [char for char in others if not char.isalnum()]
    if len(strange) > _MANY:
        text = _STRANGE.sub(" ", text)
    else:
        for char in strange:
            text = text.replace(char, " ")
    return text.encode("utf-8").translate(_SEPARATE)


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """A reference, ready to be compared with any number of outputs.

    Attributes:
        tokens: number of tokens.
        ids: token to its number, from 1; the separator between outputs has the number behind the last.
        line: the tokens as numbers.
        bits: bits that a token's number needs; four of them must fit 63 bits.
        codes: the distinct shingles as packed numbers, ascending.
        counts: how often each occurs.
    """

    tokens: int
    ids: Mapping[bytes, int]
    line: NDArray[np.int64]
    bits: int
    codes: NDArray[np.int64]
    counts: NDArray[np.int64]


@lru_cache(maxsize=512)
def _prepare(reference: str) -> _Prepared:
    tokens = words(reference)
    ids = dict(zip(chain(dict.fromkeys(tokens), [_NUL]), count(1), strict=False))
    line = np.fromiter(map(ids.__getitem__, tokens), dtype=np.int64, count=len(tokens))
    bits = len(ids).bit_length()
    if len(tokens) < SIZE or SIZE * bits > 63:
        codes = counts = np.zeros(0, dtype=np.int64)
    else:
        codes, counts = np.unique(_pack(line, np.arange(len(line) - SIZE + 1), bits), return_counts=True)
    return _Prepared(len(tokens), ids, line, bits, codes, counts)


def _pack(line: NDArray[np.int64], starts: NDArray[np.intp], bits: int) -> NDArray[np.int64]:
    """The shingles that begin at ``starts``, each as one number: its four token numbers side by side."""
    pairs = (line[:-1] << bits) | line[1:]
    packed: NDArray[np.int64] = (pairs[starts] << (2 * bits)) | pairs[starts + 2]
    return packed


def _shingles(tokens: int) -> int:
    return max(tokens - SIZE + 1, 1) if tokens else 0


def count_overlaps(reference: str, outputs: Sequence[str]) -> list[Overlap]:
    """Shingle counts of every output against one reference, exactly.

    The outputs of all systems for a page are best given at once: they are joined, and numpy works on all of them
    in one go. The reference's side is kept, for the 512 last used references. A token that the reference
    does not hold is 0, and a shingle with a 0 in it cannot match, so that outputs need no numbers of their own.

    Args:
        reference: the gold text.
        outputs: texts of any number of systems.
    """
    gold = _prepare(reference)
    if SIZE * gold.bits > 63:
        return [_count_plainly(reference, output) for output in outputs]
    line = _number(outputs, gold)
    separators = np.flatnonzero(line == len(gold.ids))
    line[separators] = 0
    lengths = np.diff(separators, prepend=-1) - 1

    found = np.zeros(len(outputs), dtype=np.int64)
    if len(gold.codes) and len(line) >= SIZE:
        known = line != 0
        known = known[:-1] & known[1:]
        starts = np.flatnonzero(known[:-2] & known[2:])
        codes = _pack(line, starts, gold.bits)
        places = np.searchsorted(gold.codes, codes)
        places[places == len(gold.codes)] = 0
        hits = np.flatnonzero(gold.codes[places] == codes)
        systems = np.searchsorted(separators, starts[hits])
        cells = np.bincount(systems * len(gold.codes) + places[hits], minlength=len(outputs) * len(gold.codes))
        found = np.minimum(cells.reshape(len(outputs), -1), gold.counts).sum(axis=1)

    overlaps = []
    for tp, length, end in zip(found.tolist(), lengths.tolist(), separators.tolist(), strict=True):
        same = length == gold.tokens and np.array_equal(line[end - length : end], gold.line)
        if same and length < SIZE:
            tp = _shingles(length)
        overlaps.append(Overlap(tp, _shingles(length) - tp, _shingles(gold.tokens) - tp, same))
    return overlaps


def _number(outputs: Sequence[str], gold: _Prepared) -> NDArray[np.int64]:
    """The tokens of the outputs one behind the other, in the reference's numbers, the separator behind each output.

    Systems mostly put out the same paragraphs, so a line of text that occurs several times is split only once.
    """
    lines: dict[str, int] = {}
    order: list[int] = []
    for output in outputs:
        texts = map(str.strip, output.replace("\0", " ").split("\n"))
        order += [lines.setdefault(text, len(lines)) for text in texts]
        order.append(-1)  # the separator, whose start and length are the last
    tokens = _separated(" \0 ".join([*lines, ""])).split()
    once = np.fromiter(map(gold.ids.get, tokens, repeat(0)), dtype=np.int64, count=len(tokens))
    ends = np.flatnonzero(once == len(gold.ids))
    if not len(ends):
        return once
    starts = np.concatenate(([0], ends[:-1] + 1, ends[-1:]))
    lengths = np.concatenate((ends - starts[:-1], [1]))[order]
    behind = lengths.cumsum()
    numbered: NDArray[np.int64] = once[np.repeat(starts[order] - behind + lengths, lengths) + np.arange(behind[-1])]
    return numbered


def _count_plainly(reference: str, output: str) -> Overlap:
    """The same by counters of tuples, for references of more than 32,766 different tokens."""
    gold, tokens = words(reference), words(output)
    left, right = (
        Counter(zip(*(islice(side, i, None) for i in range(min(SIZE, len(side)))), strict=False))
        for side in (gold, tokens)
    )
    tp = (left & right).total()
    return Overlap(tp, right.total() - tp, left.total() - tp, gold == tokens)


def page_values(overlap: Overlap) -> dict[str, float]:
    tp, fp, fn, same = overlap
    total = tp + fp + fn or 1
    exact = fp == fn == 0
    precision = 1.0 if exact else tp / (tp + fp) if tp + fp else 0.0
    recall = 1.0 if exact else tp / (tp + fn) if tp + fn else 0.0
    return {
        "tp": tp / total,
        "fp": fp / total,
        "fn": fn / total,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        "accuracy": float(same),
    }


def measure(case: Case) -> dict[str, float] | None:
    """The page's tp, fp and fn (shares of their sum), its own precision, recall and F1, and whether it is exact."""
    if case.reference is None:
        return None
    return page_values(count_overlaps(case.reference, [case.text])[0])


def pool(columns: Columns, weights: Array) -> dict[str, Array]:
    """Precision, recall, F1 and accuracy of every resample; the F1 is that of the two means."""
    taking = {name: columns["tp"] + columns[name] > 0 for name in ("fp", "fn")}
    sides = (
        columns["precision"] * taking["fp"],
        taking["fp"],
        columns["recall"] * taking["fn"],
        taking["fn"],
        columns["accuracy"],
        np.ones(weights.shape[1]),
    )
    # Side by side and not as one matrix: BLAS shares so thin a product out to threads, which costs more than it.
    sums = np.stack([weights @ side.astype(np.float64) for side in sides], axis=1)

    def mean(which: int, total: int) -> Array:
        out = np.full(len(weights), np.nan)
        np.divide(sums[:, which], sums[:, total], out=out, where=sums[:, total] > 0)
        return out

    means = {"precision": mean(0, 1), "recall": mean(2, 3)}
    precision, recall = (np.nan_to_num(means[name]) for name in ("precision", "recall"))
    f1 = ratio(2 * precision * recall, precision + recall)
    f1[np.isnan(means["precision"]) & np.isnan(means["recall"])] = np.nan
    return {"f1": f1, **means, "accuracy": mean(4, 5)}


METRIC = Metric(
    name="shingle",
    version=1,
    headline="f1",
    needs=frozenset({"reference"}),
    measure=measure,
    pool=pool,
    about="4-gram F1 of article-extraction-benchmark (precision and recall averaged over pages first)",
)
