"""newspaper4k, with the language that the page states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from goldspan.errors import ExtractorError
from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class Newspaper4k(LibraryAdapter):
    """``language`` is a code of two letters that overrides the page's; empty for the page's own."""

    language: str = ""

    name: ClassVar[str] = "newspaper4k"
    distribution: ClassVar[str] = "newspaper4k"
    module: ClassVar[str] = "newspaper"
    fields: ClassVar[tuple[str, ...]] = (
        "title",
        "authors",
        "published",
        "publisher",
        "language",
        "description",
    )

    def warm_up(self) -> None:
        """Imports the library.

        Raises:
            ExtractorError: it is absent, or does not know the language.
        """
        if not self.language:
            _ = self.library
            return
        try:
            self.library.Article("", language=self.language)
        except ValueError:
            what = f"newspaper4k does not know the language {self.language!r}"
            raise ExtractorError(what, "Write a code of two letters, or leave it out.") from None

    def extract(self, page: PageInput) -> Extraction:
        library = self.library
        if self.language:
            article = _parse(library, page, language=self.language)
        else:
            try:
                article = _parse(library, page)
            except (ImportError, LookupError):
                # Some languages need a tokenizer, or data of one, that is not installed.
                article = _parse(library, page, language="en")
        return normalise(
            {
                "text": article.text,
                "title": article.title,
                "authors": article.authors,
                "published": article.publish_date,
                "publisher": article.meta_site_name,
                "language": article.meta_lang,
                "description": article.meta_description,
            }
        )


def _parse(library: Any, page: PageInput, **settings: str) -> Any:
    # Left on, it fetches the page's images over the network.
    article = library.Article(page.url or "", fetch_images=False, **settings)
    article.download(input_html=page.html)
    article.parse()
    return article
