"""Extractors: the protocol, one adapter a file, and from a name on the command line to something to call."""

from benchmark.extractors.base import Extractor, PageInput, WithMetadata, WithWarmUp
from benchmark.extractors.call import call, complete, describe, warm_up
from benchmark.extractors.normalise import normalise, normalise_metadata
from benchmark.extractors.registry import REGISTERED, Entry, registered
from benchmark.extractors.resolve import resolve
from benchmark.extractors.wrap import FunctionExtractor

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
