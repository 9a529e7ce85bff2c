"""html2text: the whole page as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class Html2Text(LibraryAdapter):
    """Options are attributes of ``html2text.HTML2Text``."""

    ignore_links: bool = True
    ignore_images: bool = True
    ignore_emphasis: bool = True
    ignore_tables: bool = False

    name: ClassVar[str] = "html2text"
    distribution: ClassVar[str] = "html2text"
    module: ClassVar[str] = "html2text"

    def extract(self, page: PageInput) -> Extraction:
        converter = self.library.HTML2Text()
        converter.ignore_links = self.ignore_links
        converter.ignore_images = self.ignore_images
        converter.ignore_emphasis = self.ignore_emphasis
        converter.ignore_tables = self.ignore_tables
        converter.body_width = 0
        return normalise({"text": converter.handle(page.html), "format": "markdown"})
