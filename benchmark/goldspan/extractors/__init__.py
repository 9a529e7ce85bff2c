"""Extractors: the protocol, one adapter per file, and the way from a name on the command line to something to call."""

from goldspan.extractors.base import Extractor, PageInput, WithMetadata, WithWarmUp
from goldspan.extractors.call import call, complete, describe, warm_up
from goldspan.extractors.normalise import normalise, normalise_metadata
from goldspan.extractors.registry import REGISTERED, Entry, registered
from goldspan.extractors.resolve import resolve
from goldspan.extractors.wrap import FunctionExtractor

__all__ = [
    "REGISTERED",
    "Entry",
    "Extractor",
    "FunctionExtractor",
    "PageInput",
    "WithMetadata",
    "WithWarmUp",
    "call",
    "complete",
    "describe",
    "normalise",
    "normalise_metadata",
    "registered",
    "resolve",
    "warm_up",
]
