"""Breadability. Returns the HTML of the article, and an empty element where it finds none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class Breadability(LibraryAdapter):
    """It has no options that change the text."""

    name: ClassVar[str] = "breadability"
    distribution: ClassVar[str] = "breadability"
    module: ClassVar[str] = "breadability.readable"

    def extract(self, page: PageInput) -> Extraction:
        return normalise({"text": self.library.Article(page.html, url=page.url).readable, "format": "html"})
