"""Goose3. Raises ValueError on an empty page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class Goose3(LibraryAdapter):
    """Options are those of ``goose3.Configuration``."""

    target_language: str = "en"
    use_meta_language: bool = True
    parser_class: Literal["lxml", "soup"] = "lxml"

    name: ClassVar[str] = "goose3"
    distribution: ClassVar[str] = "goose3"
    module: ClassVar[str] = "goose3"
    fields: ClassVar[tuple[str, ...]] = ("title", "authors", "published", "language", "description")

    @cached_property
    def goose(self) -> Any:
        """The one object that is used for every page."""
        return self.library.Goose(
            {
                "enable_image_fetching": False,
                "target_language": self.target_language,
                "use_meta_language": self.use_meta_language,
                "parser_class": self.parser_class,
            }
        )

    def warm_up(self) -> None:
        _ = self.goose

    def extract(self, page: PageInput) -> Extraction:
        article = self.goose.extract(raw_html=page.html)
        return normalise(
            {
                "text": article.cleaned_text,
                "title": article.title,
                # The library collects names in a set, whose order changes from process to process.
                "authors": sorted(article.authors),
                "published": article.publish_date,
                "language": article.meta_lang,
                "description": article.meta_description,
            }
        )
