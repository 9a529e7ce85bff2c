"""jusText. Its stop list is chosen by the caller; raises lxml's ParserError on an empty page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from goldspan.errors import ExtractorError
from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class JusText(LibraryAdapter):
    """``language`` names one of the library's stop lists, in English. Lengths and the heading distance are in
    characters, densities are shares from 0 to 1."""

    language: str = "English"
    length_low: int = 70
    length_high: int = 200
    stopwords_low: float = 0.30
    stopwords_high: float = 0.32
    max_link_density: float = 0.2
    max_heading_distance: int = 200
    no_headings: bool = False

    name: ClassVar[str] = "justext"
    distribution: ClassVar[str] = "jusText"
    module: ClassVar[str] = "justext"

    @cached_property
    def stoplist(self) -> frozenset[str]:
        """The stop words of the language.

        Raises:
            ExtractorError: the library has no list of that name.
        """
        try:
            words: frozenset[str] = self.library.get_stoplist(self.language)
        except ValueError:
            names = ", ".join(sorted(self.library.get_stoplists()))
            raise ExtractorError(f"justext has no stop list {self.language!r}", f"It has {names}.") from None
        return words

    def warm_up(self) -> None:
        _ = self.stoplist

    def extract(self, page: PageInput) -> Extraction:
        paragraphs = self.library.justext(
            page.html,
            self.stoplist,
            length_low=self.length_low,
            length_high=self.length_high,
            stopwords_low=self.stopwords_low,
            stopwords_high=self.stopwords_high,
            max_link_density=self.max_link_density,
            max_heading_distance=self.max_heading_distance,
            no_headings=self.no_headings,
        )
        return normalise("\n".join(p.text for p in paragraphs if not p.is_boilerplate))
