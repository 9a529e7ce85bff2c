"""One page of one system, word by word: what was kept, lost and leaked, and what the output holds besides.

Two views of the same alignment. The *page* is the text stream, block by block, with its labels; what is noise and was
left out is folded away. The *output* is the extraction in its own order, where invented and repeated words stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from goldspan.core.align import Alignment
from goldspan.core.metrics import body, order
from goldspan.core.metrics.base import Case
from goldspan.core.metrics.token_counts import count_tokens
from goldspan.core.policy import CONTENT, NOISE, GoldTokens, Piece, pieces
from goldspan.core.text import tokenise
from goldspan.model import Prediction, Sample, Status
from goldspan.report.formatting import line, visible
from goldspan.report.token_spans import TokenSpan, token_spans

Kind = Literal[
    "kept", "lost", "leaked", "neutral", "neutral-missed", "noise", "copy", "invented", "repeated", "between"
]
"""What became of a word. ``copy``: it stands on the page twice and is owed once, elsewhere. ``between``: no word, but
what stands between words of different kinds."""

_WORST: tuple[Kind, ...] = (
    "lost", "leaked", "invented", "repeated", "kept", "neutral", "neutral-missed", "noise", "copy", "between",
)  # fmt: skip
FOLDED = 3
"""Blocks in a row that were rightly left out, from which on they are folded into one line."""


@dataclass(frozen=True, slots=True)
class Bit:
    """A run of text of one kind."""

    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Line:
    """A block of the page or a line of the output.

    Attributes:
        number: of the block; None for a line of the output.
        label: ``body/p``, and other labels that stand in it after ``+``.
        remark: ``hidden``, ``copy of 12``, ``json-ld`` …; empty for most.
    """

    number: int | None
    label: str
    bits: tuple[Bit, ...]
    remark: str = ""

    @property
    def kinds(self) -> frozenset[Kind]:
        return frozenset(bit.kind for bit in self.bits) - {"between"}


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks in a row that were rightly left out, or are copies."""

    lines: tuple[Line, ...]

    @property
    def says(self) -> str:
        """``43 blocks of navigation, footer left out``, the commonest labels first."""
        noise = [item for item in self.lines if "noise" in item.kinds]
        names = [name for name, _ in Counter(item.label.split("+")[0].split("/")[0] for item in noise).most_common()]
        shown = ", ".join(names[:4]) + (" and others" if len(names) > 4 else "")
        said = [f"{_count(len(noise), 'block')} of {shown} left out"] if noise else []
        others = len(self.lines) - len(noise)
        if others:
            said.append(f"{_count(others, 'copy', 'copies')} of text that is owed elsewhere")
        return ", ".join(said)


@dataclass(frozen=True, slots=True)
class Explained:
    """A page explained.

    Attributes:
        counts: tokens by what became of them, and ``content``, ``output``.
        figures: ``f1``, ``precision``, ``recall`` and ``tau`` as far as they apply.
    """

    id: str
    system: str
    status: Status
    error: str
    url: str
    counts: Mapping[str, int]
    figures: Mapping[str, float]
    page: tuple[Line | Fold, ...]
    output: tuple[Line, ...]


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def explain(
    sample: Sample, prediction: Prediction, gold_tokens: GoldTokens, alignment: Alignment, text: str
) -> Explained:
    """Explain one page of one system.

    Args:
        owed: the sample's gold under the policy.
        alignment: the tokens of ``text`` aligned to it.
        text: the extraction rendered to text; empty for a failure.
    """
    case = Case(sample.gold, text, prediction.extraction, (), gold_tokens, alignment, None)
    kinds = _kinds_on_page(gold_tokens, alignment)
    return Explained(
        id=line(sample.id),
        system=line(prediction.system),
        status=prediction.status,
        error=line(prediction.error or ""),
        url=line(sample.page.url or ""),
        counts=_counts(case, kinds),
        figures={**(body.METRIC.measure(case) or {}), **(order.METRIC.measure(case) or {})},
        page=tuple(_folded(_page_lines(sample, gold_tokens, kinds))),
        output=tuple(_output_lines(text, gold_tokens, alignment)),
    )


def _counts(case: Case, kinds: Sequence[Kind]) -> dict[str, int]:
    found = Counter(kinds)
    counts = {name: found[name] for name in ("kept", "lost", "leaked", "neutral", "neutral-missed")}
    total = count_tokens(case)
    if total is not None and case.gold_tokens is not None:
        counts |= {"invented": total.invented, "repeated": total.repeated}
        counts |= {"content": case.gold_tokens.content, "output": total.output}
    return counts


def _kinds_on_page(gold_tokens: GoldTokens, alignment: Alignment) -> list[Kind]:
    """What became of each token that the page owes or does not owe."""
    used = set(alignment.positions[(alignment.positions >= 0) & ~alignment.repeated].tolist())
    return [_kind(lane, place in used) for place, lane in enumerate(gold_tokens.target.lane_of)]


def _kind(lane: int, is_output: bool) -> Kind:
    if lane == CONTENT:
        return "kept" if is_output else "lost"
    if lane == NOISE:
        return "leaked" if is_output else "noise"
    return "neutral" if is_output else "neutral-missed"


def _page_lines(sample: Sample, gold_tokens: GoldTokens, kinds: Sequence[Kind]) -> Iterator[Line]:
    blocks = sample.gold.blocks or ()
    at = 0

    def kind_of(piece: Piece) -> str:
        return gold_tokens.policy.kind(piece.label, piece.role, sample.gold.about.page_type)

    bags: dict[int, Counter[str]] = {}  # of the blocks that others copy: a long one may have hundreds of copies
    for number, block in enumerate((*blocks, *sample.gold.extra)):
        is_extra = number >= len(blocks)
        bits: list[Bit] = []
        labels: list[str] = []
        copies: list[int] = []
        end = 0
        for piece in [Piece(number, block.text, block.label, block.role, None)] if is_extra else pieces(block, number):
            start = block.text.index(piece.text, end)
            bits += _plain(block.text[end:start])
            end = start + len(piece.text)
            places = token_spans(piece.text)
            owes = [True] * len(places)
            is_copy = piece.duplicate_of is not None and kind_of(piece) != "neutral"
            if piece.duplicate_of is not None and is_copy:
                if piece.duplicate_of not in bags:
                    bags[piece.duplicate_of] = Counter(tokenise(blocks[piece.duplicate_of].text))
                owes = _spare(places, bags[piece.duplicate_of])
            piece_kinds: list[Kind] = []
            for place, is_owed in zip(places, owes, strict=True):
                if is_owed and gold_tokens.target.tokens[at] != place.token:
                    raise ValueError(f"block {number} of {sample.id} is not the text that is owed")
                piece_kinds.append(kinds[at] if is_owed else "copy")
                at += is_owed
            bits += _bits(piece.text, places, piece_kinds)
            labels.append(piece.label + (f"/{piece.role}" if piece.role else ""))
            if piece.duplicate_of is not None:
                copies.append(piece.duplicate_of)
        bits += _plain(block.text[end:])
        remarks = [f"copy of {', '.join(map(str, dict.fromkeys(copies)))}"] if copies else []
        remarks += ["hidden"] if block.hidden else []
        remarks += [f"not in the text: {line(block.source or 'extra')}"] if is_extra else []
        yield Line(number, "+".join(dict.fromkeys(labels)) or block.label, tuple(bits), ", ".join(remarks))


def _spare(places: Sequence[TokenSpan], original: Mapping[str, int]) -> list[bool]:
    """Which tokens of a copy its original lacks, counted as bags: those stand in the stream, the others don't."""
    taken: Counter[str] = Counter()
    spare = []
    for place in places:
        is_spare = taken[place.token] >= original.get(place.token, 0)
        spare.append(is_spare)
        taken[place.token] += not is_spare
    return spare


def _plain(text: str) -> list[Bit]:
    return [Bit(visible(text), "between")] if text else []


def _bits(text: str, places: Sequence[TokenSpan], kinds: Sequence[Kind]) -> list[Bit]:
    """The text in runs of one kind; what stands between two words of one kind belongs to them."""
    shown: list[tuple[int, int, Kind]] = []
    for place, kind in zip(places, kinds, strict=True):
        if place.start < place.end:
            shown.append((place.start, place.end, kind))
        elif shown:
            start, end, before = shown[-1]
            shown[-1] = (start, end, min(before, kind, key=_WORST.index))
    bits: list[Bit] = []
    end = 0
    for kind, group in groupby(shown, key=lambda item: item[2]):
        run = list(group)
        bits += _plain(text[end : run[0][0]])
        end = run[-1][1]
        bits.append(Bit(visible(text[run[0][0] : end]), kind))
    return bits + _plain(text[end:])


def _folded(lines: Iterable[Line]) -> Iterator[Line | Fold]:
    for is_left_out, group in groupby(lines, key=lambda item: item.kinds <= {"noise", "copy"}):
        run = list(group)
        if is_left_out and len(run) >= FOLDED:
            yield Fold(tuple(run))
        else:
            yield from run


def _output_lines(text: str, gold_tokens: GoldTokens, alignment: Alignment) -> Iterator[Line]:
    places = token_spans(text)
    kinds, blocks = _of_raw_tokens(len(places), gold_tokens, alignment)
    at = start = 0
    for part in text.split("\n"):
        end = start + len(part)
        first = at
        while at < len(places) and places[at].start < end:
            at += 1
        if part.strip():
            inside = [TokenSpan(p.token, p.start - start, p.end - start) for p in places[first:at]]
            label = _where_from(gold_tokens, [block for block in blocks[first:at] if block >= 0])
            yield Line(None, label, tuple(_bits(part, inside, kinds[first:at])))
        start = end + 1


def _of_raw_tokens(number: int, gold_tokens: GoldTokens, alignment: Alignment) -> tuple[list[Kind], list[int]]:
    """For each token of the output as it was written: what it is, and its place in the target or -1."""
    kinds: list[Kind] = ["invented"] * number
    targets = [-1] * number
    sources = [*alignment.sources, number]
    positions, repeated = alignment.positions.tolist(), alignment.repeated.tolist()
    units: dict[int, list[int]] = {}
    for unit, source in enumerate(alignment.sources):
        units.setdefault(source, []).append(unit)
    for source, made in units.items():
        found = [_kind_of_unit(gold_tokens, positions[unit], repeated[unit]) for unit in made]
        following = sources[made[-1] + 1]
        kinds[source:following] = [min(found, key=_WORST.index)] * (following - source)
        targets[source:following] = [positions[made[0]]] * (following - source)
    return kinds, targets


def _kind_of_unit(gold_tokens: GoldTokens, position: int, is_repeated: bool) -> Kind:
    if position < 0:
        return "invented"
    return "repeated" if is_repeated else _kind(gold_tokens.target.lane_of[position], True)


def _where_from(gold_tokens: GoldTokens, positions: Sequence[int]) -> str:
    """The label that most of a line's words have on the page."""
    if not positions:
        return "nowhere"
    names = Counter(
        gold_tokens.labels[p] + (f"/{gold_tokens.roles[p]}" if gold_tokens.roles[p] else "") for p in positions
    )
    return names.most_common(1)[0][0] + (" …" if len(names) > 1 else "")
