"""The draft labeller as an extractor: the text of the blocks that it takes for the article's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from goldspan.extractors.base import PageInput, Takes
from goldspan.extractors.draft.labeller import NAME, article, label_page, load
from goldspan.model import Extraction


@dataclass(frozen=True)
class GoldspanDraft:
    """It has no options."""

    name: ClassVar[str] = NAME
    takes: ClassVar[Takes] = "html"
    fields: ClassVar[tuple[str, ...]] = ("title",)
    tuned_on: ClassVar[tuple[str, ...]] = ("core",)

    def version(self) -> str:
        return load().version

    def warm_up(self) -> None:
        self.extract(PageInput("<p>One."))

    def extract(self, page: PageInput) -> Extraction:
        from goldspan.core.text import build_blocks

        blocks = build_blocks(page.html)
        labels = label_page(page.html, blocks)
        title = next((block.text for block, label in zip(blocks, labels, strict=True) if label == "title"), None)
        return Extraction("\n".join(article(blocks, labels)), title=title)
