"""Marked page → page and gold. The parser decides which text belongs to which mark; nothing is guessed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from goldspan.core.text import MarkedBlock, tokenise
from goldspan.data.schema import load_labels
from goldspan.errors import CorpusError
from goldspan.model import GoldBlock, Span

_MARK = re.compile(r' data-gs(?:-\w+)?="[^"<>]*"')
_SPACE = " \t\n\f\r"


def strip_marks(html: str) -> str:
    """The page without its marks."""
    page = _MARK.sub("", html)
    if "data-gs" in page:
        at = page.index("data-gs")
        raise CorpusError(f'a mark that is not of the form data-gs="label": {page[max(at - 60, 0) : at + 60]!r}')
    return page


def gold_blocks(marked: Sequence[MarkedBlock]) -> tuple[GoldBlock, ...]:
    """The labelled stream.

    A block has the label of most of its characters; what is of another label, or copies another block than the rest
    does, becomes a span.

    Raises:
        CorpusError: some text has no mark, or a copy has no original.
    """
    pieces = [list(_pieces(number, block)) for number, block in enumerate(marked)]
    places: dict[str, int] = {}
    for number, parts in enumerate(pieces):
        for _, _, attributes in parts:
            if "data-gs-key" in attributes:
                places.setdefault(attributes["data-gs-key"], number)
    return tuple(_gold_block(block, parts, places) for block, parts in zip(marked, pieces, strict=True))


def _pieces(number: int, marked: MarkedBlock) -> Iterable[tuple[int, int, dict[str, str]]]:
    for mark in marked.marks:
        text = marked.block.text[mark.start : mark.end]
        start = mark.start + len(text) - len(text.lstrip(_SPACE))
        end = mark.end - (len(text) - len(text.rstrip(_SPACE)))
        if start >= end:
            continue
        if "data-gs" not in mark.attributes:
            raise CorpusError(
                f"block {number} has text without a mark: {text.strip()!r} in {marked.block.path}",
                "Put data-gs on its element.",
            )
        label, _, role = (mark.attributes["data-gs"] or "").partition("/")
        labels = load_labels()
        if label not in labels.groups or (role and role not in labels.roles):
            raise CorpusError(f"{mark.attributes['data-gs']!r} is no label", "schemas/labels.json lists them.")
        yield start, end, dict(mark.attributes)


def _gold_block(marked: MarkedBlock, parts: list[tuple[int, int, dict[str, str]]], places: dict[str, int]) -> GoldBlock:
    sizes: Counter[tuple[str, int | None]] = Counter()
    kinds = []
    for start, end, attributes in parts:
        kind = (attributes["data-gs"].partition("/")[0], _original(attributes, places))
        kinds.append(kind)
        sizes[kind] += end - start
    (label, duplicate_of), _ = sizes.most_common(1)[0]
    role, cell = "", None
    for kind, (_, _, attributes) in zip(kinds, parts, strict=True):
        if kind == (label, duplicate_of):
            role = attributes["data-gs"].partition("/")[2]
            place = attributes.get("data-gs-cell")
            if place:
                table, row, column = (int(number) for number in place.split(","))
                cell = (table, row, column)
            break
    spans: list[Span] = []
    for kind, (start, end, _) in zip(kinds, parts, strict=True):
        if kind == (label, duplicate_of):
            continue
        last = spans[-1] if spans else None
        if last and (last.label, last.duplicate_of) == kind and not marked.block.text[last.end : start].strip():
            spans[-1] = Span(last.start, end, *kind)
        else:
            spans.append(Span(start, end, *kind))
    return GoldBlock(marked.block.text, label, role or None, cell, tuple(spans), duplicate_of, marked.block.hidden)


def _original(attributes: dict[str, str], places: dict[str, int]) -> int | None:
    key = attributes.get("data-gs-copy")
    if key is None:
        return None
    if key not in places:
        raise CorpusError(f"a copy of {key!r}, which is not on the page", "Put data-gs-key on the original.")
    return places[key]


def content_tokens(blocks: Iterable[GoldBlock]) -> list[str]:
    """The tokens that a gold owes as body text, copies left out, in order."""
    tokens: list[str] = []
    for block in blocks:
        at = 0
        wanted = block.label in ("body", "post") and block.duplicate_of is None
        for span in sorted(block.spans, key=lambda span: span.start):
            if wanted:
                tokens += tokenise(block.text[at : span.start])
            if span.label in ("body", "post") and span.duplicate_of is None:
                tokens += tokenise(block.text[span.start : span.end])
            at = span.end
        if wanted:
            tokens += tokenise(block.text[at:])
    return tokens
