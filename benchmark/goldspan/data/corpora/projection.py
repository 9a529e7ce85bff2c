"""Gold that is only text, projected onto the page's text stream, so that label metrics can use it.

1. The reference's tokens are aligned to the stream's by the aligner, in one lane. A stream token that one of them lands
   on is ``body``; everything else is ``other``. A block with both gets spans, exactly as they were measured: a footnote
   mark that the reference lacks stays a hole of one token.
2. A block with the words of the gold title that is no body is ``title``.
3. *Copies.* What is left of a block and equals a run of body text elsewhere is ``body`` too, as a duplicate of the
   block it copies (a mobile and a desktop version, a page repeated for printing): a run that is at least :data:`COPY`
   tokens long, or that makes up its whole block and has at least :data:`WHOLE`.
4. Reference tokens that the stream does not hold, or holds fewer times than the reference does, are neutral ``extra``.

Coverage is the share of the reference's tokens that were found in the stream, a second occurrence of one that stands
there once included; 1 for a reference without tokens, which says that the page has no content. A projection with a
coverage under :data:`COVERAGE` says more about the two texts' difference than about the page, and is left out.

What it cannot know: which part of the furniture a word outside the reference is. All of it but the title is ``other``,
so that a byline that an extractor keeps counts as noise here, as it does in the benchmarks that these texts come from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from goldspan.core.align import Alignment, Target, align
from goldspan.core.text import build_stream, tokenise, tokenise_with_offsets
from goldspan.model import Block, GoldBlock, Sample, Span

PROJECTION = "projection/1"
"""The version of the method; it stands in the digest of every corpus that is projected."""

COVERAGE = 0.8
COPY = 8
WHOLE = 4

_ROLES = {name: name for name in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li")} | {
    "pre": "code",
    "blockquote": "quote",
}
_CANDIDATES = 32  # places of a run's beginning that are compared; more stand only in text that repeats itself
_OTHER = "other"
_BODY = "body"

Mark = tuple[str, int | None]
"""What a token is: its label, and the block that it copies."""


@dataclass(frozen=True, slots=True)
class Projection:
    """A text gold on a stream.

    Attributes:
        blocks: the stream, labelled.
        extra: what the stream lacks, one run a block.
        coverage: share of the reference's tokens that the stream holds.
    """

    blocks: tuple[GoldBlock, ...]
    extra: tuple[GoldBlock, ...]
    coverage: float


def project(page_blocks: Sequence[Block], reference: str, title: str | None = None) -> Projection:
    """Label a page's stream by a gold that is only text.

    Args:
        page_blocks: the stream.
        reference: the gold text.
        title: the gold title, if the corpus states one.
    """
    lines = [tokenise(block.text) for block in page_blocks]
    block_of = [number for number, line in enumerate(lines) for _ in line]
    target = Target([token for line in lines for token in line], [0] * len(block_of), block_of)
    alignment = align(target, tokenise(reference))

    is_body = [False] * len(block_of)
    for place, repeated in zip(alignment.positions.tolist(), alignment.repeated.tolist(), strict=True):
        if place >= 0 and not repeated:
            is_body[place] = True
    marks: list[Mark] = [(_BODY, None) if body else (_OTHER, None) for body in is_body]
    _mark_copies(marks, target, is_body)

    title_tokens = tokenise(title or "")
    blocks = []
    at = 0
    for block, line in zip(page_blocks, lines, strict=True):
        own = marks[at : at + len(line)]
        if title_tokens and line == title_tokens and not any(is_body[at : at + len(line)]):
            own = [("title", None)] * len(line)
        blocks.append(_label(block, own))
        at += len(line)
    units = len(alignment.positions)
    coverage = int((alignment.positions >= 0).sum()) / units if units else 1.0
    return Projection(tuple(blocks), tuple(_missing(alignment, reference)), coverage)


def _mark_copies(marks: list[Mark], target: Target, is_body: Sequence[bool]) -> None:
    """Mark the runs outside the body that copy a run inside it."""
    ids = target.ids
    # Body tokens in the order of the stream; a run of them may go on across a hole, as a copy of it does.
    body = [place for place, here in enumerate(is_body) if here]
    words = [ids[place] for place in body]
    starts: dict[tuple[int, ...], list[int]] = {}
    for i, gram in enumerate(zip(*(words[k:] for k in range(WHOLE)), strict=False)):
        starts.setdefault(gram, []).append(i)

    def longest(at: int, end: int) -> tuple[int, int]:
        best, length = -1, 0
        for i in starts.get(tuple(ids[at : at + WHOLE]), ())[:_CANDIDATES]:
            n = WHOLE
            while at + n < end and i + n < len(words) and ids[at + n] == words[i + n]:
                n += 1
            if n > length:
                best, length = i, n
        return best, length

    for start, end, whole in _free_runs(target.block_of, is_body):
        at = start
        while at <= end - WHOLE:
            i, length = longest(at, end)
            if length >= COPY or (whole and length == end - start):
                for k in range(length):
                    marks[at + k] = _BODY, target.block_of[body[i + k]]
                at += length
            else:
                at += 1


def _free_runs(block_of: Sequence[int], is_body: Sequence[bool]) -> Iterator[tuple[int, int, bool]]:
    """The runs of tokens of one block that are no body: first, behind the last, and whether it is the whole block."""
    at = 0
    for _, line in groupby(block_of):
        begin, size = at, len(list(line))
        for here, run in groupby(is_body[begin : begin + size]):
            start, at = at, at + len(list(run))
            if not here:
                yield start, at, at - start == size


def _label(block: Block, marks: Sequence[Mark]) -> GoldBlock:
    """A block under its commonest label, with a span for each run under another."""
    if not marks:
        return GoldBlock(block.text, _OTHER, hidden=block.hidden)
    main = marks[0]
    spans: tuple[Span, ...] = ()
    if len(set(marks)) > 1:
        # A block with a duplicate_of would pass it on to its spans, so a mixed block never has one of its own.
        counts = Counter(mark for mark in marks if mark[1] is None)
        main = counts.most_common(1)[0][0] if counts else (_OTHER, None)
        spans = tuple(Span(start, end, *mark) for start, end, mark in _runs(block.text, marks) if mark != main)
    label, copied = main
    role = role_of(block.path) if label == _BODY else None
    return GoldBlock(block.text, label, role, spans=spans, duplicate_of=copied, hidden=block.hidden)


def _runs(text: str, marks: Sequence[Mark]) -> Iterator[tuple[int, int, Mark]]:
    """Maximal ranges of the block's text whose tokens have one mark.

    Where normalising changed a word's length, its tokens share the word's range; they get the mark of the first.
    """
    tokens = tokenise_with_offsets(text)
    start, end, current = tokens[0][1], tokens[0][2], marks[0]
    for (_, first, last), mark in zip(tokens[1:], marks[1:], strict=True):
        if mark == current or first < end:
            end = max(end, last)
        else:
            yield start, end, current
            start, end, current = first, last, mark
    yield start, end, current


def role_of(path: str) -> str | None:
    """The role of body text that stands in these elements, where they say one."""
    names = path.split("/")
    if "pre" in names or "blockquote" in names:
        return "code" if "pre" in names else "quote"
    return next((_ROLES[name] for name in reversed(names) if name in _ROLES), None)


def _missing(alignment: Alignment, reference: str) -> Iterator[GoldBlock]:
    """The reference's runs that no place of the stream was left for."""
    absent = ((alignment.positions < 0) | alignment.repeated).tolist()
    if not any(absent):
        return
    tokens = tokenise_with_offsets(reference)
    bounds = [*alignment.sources, len(tokens)]
    for missing, run in groupby(range(len(absent)), key=absent.__getitem__):
        units = list(run)
        if missing:
            # A word that was split into units is one token: the last one is at least the first.
            first, last = bounds[units[0]], max(bounds[units[-1] + 1] - 1, bounds[units[0]])
            yield GoldBlock(reference[tokens[first][1] : tokens[last][2]], _BODY, source="reference")


def project_sample(sample: Sample) -> Sample:
    """The sample with its gold text projected onto its page.

    Unchanged without such a text, or with blocks already. Where the coverage is under :data:`COVERAGE`, the blocks stay
    None and ``gold.coverage`` says why.
    """
    gold = sample.gold
    if gold.reference is None or gold.blocks is not None:
        return sample
    found = project(build_stream(sample.page), gold.reference, gold.metadata.get("title"))
    if found.coverage < COVERAGE:
        return replace(sample, gold=replace(gold, coverage=found.coverage))
    return replace(sample, gold=replace(gold, blocks=found.blocks, extra=found.extra, coverage=found.coverage))
