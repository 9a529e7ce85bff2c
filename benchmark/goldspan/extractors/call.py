"""The one way in which every run calls an extractor."""

from __future__ import annotations

from dataclasses import replace

from goldspan.extractors.base import Extractor, PageInput, WithMetadata, WithWarmUp
from goldspan.extractors.normalise import normalise, normalise_metadata
from goldspan.extractors.options import options_of
from goldspan.model import Extraction, System


def warm_up(extractor: Extractor) -> None:
    """Has the extractor import and build what it needs, where it can do so ahead of the first page.

    Raises:
        ExtractorError: its library is absent or broken. Other people's code may raise anything else.
    """
    if isinstance(extractor, WithWarmUp):
        extractor.warm_up()


def call(extractor: Extractor, page: PageInput) -> Extraction:
    """The extraction of a page, checked and in its normal form. This is what a run times.

    Raises:
        TypeError: the extractor returned something that is not an extraction.
        Exception: whatever the extractor raised.
    """
    return normalise(extractor.extract(page))


def complete(extractor: Extractor, page: PageInput, extraction: Extraction) -> Extraction:
    """The extraction with the metadata that the library finds in a call of its own. Not to be timed.

    A field that the extraction already has is kept.

    Raises:
        TypeError: the metadata has an unknown field or a value of the wrong type.
        Exception: whatever the extractor raised.
    """
    if not isinstance(extractor, WithMetadata):
        return extraction
    found = normalise_metadata(extractor.metadata(page))
    return replace(extraction, **{name: v for name, v in found.items() if getattr(extraction, name) is None})


def describe(extractor: Extractor) -> System:
    """The system that the extractor is, for results.

    Raises:
        ExtractorError: its library is not installed.
    """
    return System(
        name=extractor.name,
        version=extractor.version(),
        options=options_of(extractor),
        takes=extractor.takes,
        fields=tuple(extractor.fields),
        tuned_on=tuple(extractor.tuned_on),
    )
