"""Inscriptis: the text of the whole page, laid out by the default style of its elements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class Inscriptis(LibraryAdapter):
    """It is called with the library's own settings."""

    name: ClassVar[str] = "inscriptis"
    distribution: ClassVar[str] = "inscriptis"
    module: ClassVar[str] = "inscriptis"

    def extract(self, page: PageInput) -> Extraction:
        return normalise(self.library.get_text(page.html))
