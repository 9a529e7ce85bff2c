"""GNE (GeneralNewsExtractor). Raises NoContentException where it finds nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class Gne(LibraryAdapter):
    """``normalize`` has the library tidy the markup first."""

    normalize: bool = False

    name: ClassVar[str] = "gne"
    distribution: ClassVar[str] = "gne"
    module: ClassVar[str] = "gne"
    fields: ClassVar[tuple[str, ...]] = ("title", "authors", "published")

    @cached_property
    def extractor(self) -> Any:
        """The one object that is used for every page."""
        return self.library.GeneralNewsExtractor()

    def warm_up(self) -> None:
        _ = self.extractor

    def extract(self, page: PageInput) -> Extraction:
        found = self.extractor.extract(page.html, host=page.url or "", normalize=self.normalize)
        return normalise(
            {
                "text": found["content"],
                "title": found["title"],
                "authors": (found["author"],) if found["author"] else None,
                "published": found["publish_time"],
            }
        )
