"""Trafilatura. Returns None where it finds nothing; metadata comes from a call of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from goldspan.extractors.base import PageInput
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.normalise import normalise
from goldspan.model import Extraction, TextFormat

_WRITTEN: dict[str, TextFormat] = {"txt": "text", "markdown": "markdown", "html": "html"}


@dataclass(frozen=True)
class Trafilatura(LibraryAdapter):
    """``fast`` skips the fallback extractors; the other options are those of ``trafilatura.extract``."""

    favor_precision: bool = False
    favor_recall: bool = False
    fast: bool = False
    include_comments: bool = False
    include_tables: bool = True
    include_formatting: bool = False
    deduplicate: bool = False
    output_format: Literal["txt", "markdown", "html"] = "txt"

    name: ClassVar[str] = "trafilatura"
    distribution: ClassVar[str] = "trafilatura"
    module: ClassVar[str] = "trafilatura"
    fields: ClassVar[tuple[str, ...]] = ("title", "authors", "published", "publisher", "description")
    tuned_on: ClassVar[tuple[str, ...]] = ("wcxb", "aeb")

    def extract(self, page: PageInput) -> Extraction:
        text = self.library.extract(
            page.html,
            url=page.url,
            fast=self.fast,
            favor_precision=self.favor_precision,
            favor_recall=self.favor_recall,
            include_comments=self.include_comments,
            include_tables=self.include_tables,
            # None lets the output format decide.
            include_formatting=self.include_formatting or None,
            deduplicate=self.deduplicate,
            output_format=self.output_format,
        )
        return normalise({"text": text, "format": _WRITTEN[self.output_format]})

    def metadata(self, page: PageInput) -> Mapping[str, Any]:
        found = self.load("trafilatura.metadata").extract_metadata(page.html, default_url=page.url)
        return {
            "title": found.title,
            # The library joins names by "; ".
            "authors": found.author.split("; ") if found.author else None,
            "published": found.date,
            "publisher": found.sitename,
            "description": found.description,
        }
