"""All the text of a page's text stream: recall is perfect, and precision is what the page allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import goldspan
from goldspan.extractors.base import PageInput, Takes
from goldspan.model import Extraction


@dataclass(frozen=True)
class Everything:
    """It has no options."""

    name: ClassVar[str] = "everything"
    takes: ClassVar[Takes] = "html"
    fields: ClassVar[tuple[str, ...]] = ()
    tuned_on: ClassVar[tuple[str, ...]] = ()

    def version(self) -> str:
        return goldspan.__version__

    def warm_up(self) -> None:
        self.extract(PageInput())

    def extract(self, page: PageInput) -> Extraction:
        from goldspan.core.text import stream_text

        return Extraction(text=stream_text(page.html))
