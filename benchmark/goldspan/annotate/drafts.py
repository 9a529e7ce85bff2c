"""Draft labels for a page, by the labeller that comes with Goldspan; roles and copies follow from the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goldspan.annotate.page_view import build_view
from goldspan.core.text import decode, tokenise
from goldspan.errors import ExtractorError
from goldspan.extractors.draft.labeller import NAME, label_page, load
from goldspan.model import Block, GoldBlock, Page

WORDS = 8  # of a text that does not occur twice by chance


@dataclass(frozen=True, slots=True)
class Draft:
    """Draft labels.

    Attributes:
        labels: a block of gold for each block of the stream.
        by: the labeller's name and version.
    """

    labels: Sequence[GoldBlock]
    by: str


def draft_labels(page: Page, blocks: Sequence[Block]) -> Draft | None:
    """Draft labels for a page's stream; None if no labeller is installed."""
    if page.media != "html":
        return None
    try:
        labeller = load()
    except ExtractorError:
        return None  # an installation without it; pages can be labelled all the same
    labels = label_page(decode(page)[0], blocks)
    places = build_view(page, blocks).places
    first: dict[tuple[str, str], int] = {}
    made = []
    for number, (block, label, place) in enumerate(zip(blocks, labels, places, strict=True)):
        role = place.role if label in ("body", "post") or (label == "title" and place.role.startswith("h")) else None
        original = None
        if label == "title" or (label in ("body", "post") and len(tokenise(block.text)) >= WORDS):
            original = first.setdefault((label, block.text), number)
        cell = place.cell if role == "cell" else None
        copy = None if original == number else original
        made.append(GoldBlock(block.text, label, role, cell, duplicate_of=copy, hidden=block.hidden))
    return Draft(made, f"{NAME}@{labeller.version}")
