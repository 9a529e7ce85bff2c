"""BoilerPy3. Raises HTMLExtractionError on an empty page and on markup that its parser cannot read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class _Boilerpy3(LibraryAdapter):
    """``raise_on_failure=false`` returns an empty text where the library would raise."""

    raise_on_failure: bool = True

    distribution: ClassVar[str] = "boilerpy3"
    module: ClassVar[str] = "boilerpy3.extractors"
    fields: ClassVar[tuple[str, ...]] = ("title",)
    chain: ClassVar[str]

    @cached_property
    def extractor(self) -> Any:
        """The one object that is used for every page."""
        return getattr(self.library, self.chain)(raise_on_failure=self.raise_on_failure)

    def warm_up(self) -> None:
        _ = self.extractor

    def extract(self, page: PageInput) -> Extraction:
        document = self.extractor.get_doc(page.html)
        return normalise({"text": document.content, "title": document.title})


@dataclass(frozen=True)
class Boilerpy3Article(_Boilerpy3):
    """Boilerpipe's ArticleExtractor."""

    name: ClassVar[str] = "boilerpy3-article"
    chain: ClassVar[str] = "ArticleExtractor"


@dataclass(frozen=True)
class Boilerpy3Default(_Boilerpy3):
    """Boilerpipe's DefaultExtractor."""

    name: ClassVar[str] = "boilerpy3-default"
    chain: ClassVar[str] = "DefaultExtractor"
