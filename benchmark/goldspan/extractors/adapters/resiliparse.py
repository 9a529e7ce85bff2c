"""Resiliparse. ``main_content=false`` turns it into a baseline with all the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction


@dataclass(frozen=True)
class Resiliparse(LibraryAdapter):
    """Options are those of ``extract_plain_text``."""

    main_content: bool = True
    comments: bool = False
    alt_texts: bool = False
    list_bullets: bool = True
    noscript: bool = False

    name: ClassVar[str] = "resiliparse"
    distribution: ClassVar[str] = "resiliparse"
    module: ClassVar[str] = "resiliparse.extract.html2text"

    def extract(self, page: PageInput) -> Extraction:
        return normalise(
            self.library.extract_plain_text(
                page.html,
                main_content=self.main_content,
                comments=self.comments,
                alt_texts=self.alt_texts,
                list_bullets=self.list_bullets,
                noscript=self.noscript,
            )
        )
