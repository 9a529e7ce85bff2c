"""Beautiful Soup: ``get_text`` of the body, without scripts and styles. Most tutorials do this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from goldspan.errors import ExtractorError
from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class BeautifulSoup(LibraryAdapter):
    """``parser`` is the parser that Beautiful Soup is to use."""

    parser: Literal["lxml", "html.parser", "html5lib"] = "lxml"

    name: ClassVar[str] = "beautifulsoup"
    distribution: ClassVar[str] = "beautifulsoup4"
    module: ClassVar[str] = "bs4"

    def warm_up(self) -> None:
        """Imports the library and the parser.

        Raises:
            ExtractorError: one of them is absent.
        """
        try:
            self.library.BeautifulSoup("", self.parser)
        except self.library.FeatureNotFound:
            what = f"beautifulsoup needs {self.parser}, which is not installed"
            raise ExtractorError(what, f"Install it: pip install {self.parser}") from None

    def extract(self, page: PageInput) -> Extraction:
        soup = self.library.BeautifulSoup(page.html, self.parser)
        for element in soup(["script", "style", "noscript", "template"]):
            element.decompose()
        return normalise((soup.body or soup).get_text(" ", strip=True))
