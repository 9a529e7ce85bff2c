"""selectolax: the text of the body, without scripts and styles. The fastest baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class SelectolaxText(LibraryAdapter):
    """It has no options."""

    name: ClassVar[str] = "selectolax-text"
    distribution: ClassVar[str] = "selectolax"
    module: ClassVar[str] = "selectolax.lexbor"

    def extract(self, page: PageInput) -> Extraction:
        tree = self.library.LexborHTMLParser(page.html)
        tree.strip_tags(["script", "style", "noscript", "template"])
        return normalise(tree.body.text(separator=" ", strip=True) if tree.body else "")
