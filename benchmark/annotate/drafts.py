"""Draft labels for a page, by the labeller that comes with Goldspan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmark.model import Block, GoldBlock, Page


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
    """Draft labels for a page's stream; None where there is no labeller for it."""
    return None
