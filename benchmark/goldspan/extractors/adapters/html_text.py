"""html-text: the text of the whole page, with line breaks where a browser would have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class HtmlText(LibraryAdapter):
    """Options are those of ``html_text.extract_text``."""

    guess_layout: bool = True
    guess_punct_space: bool = True

    name: ClassVar[str] = "html-text"
    distribution: ClassVar[str] = "html-text"
    module: ClassVar[str] = "html_text"

    def extract(self, page: PageInput) -> Extraction:
        return normalise(
            self.library.extract_text(
                page.html, guess_layout=self.guess_layout, guess_punct_space=self.guess_punct_space
            )
        )
