"""An empty text for every page: what a failure scores, and what abstaining earns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import goldspan
from goldspan.extractors.base import PageInput, Takes
from goldspan.model import Extraction


@dataclass(frozen=True)
class Nothing:
    """It has no options."""

    name: ClassVar[str] = "nothing"
    takes: ClassVar[Takes] = "html"
    fields: ClassVar[tuple[str, ...]] = ()
    tuned_on: ClassVar[tuple[str, ...]] = ()

    def version(self) -> str:
        return goldspan.__version__

    def extract(self, page: PageInput) -> Extraction:
        return Extraction(text="")
