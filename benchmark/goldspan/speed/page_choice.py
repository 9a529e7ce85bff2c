"""Which pages of a corpus are measured."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version

from goldspan.core.protocol import corpus_digest, corpus_identity
from goldspan.data.corpora import Corpus
from goldspan.data.files import sha256
from goldspan.speed.subject import SpeedPage, speed_page
from goldspan.speed.unit import UNITS


def choose(corpus: Corpus, count: int) -> list[SpeedPage]:
    """A given number of pages, spread evenly from the smallest to the largest, in the corpus's order."""
    sizes = {id: len(corpus.plain(id).page.data) for id in corpus.ids}
    by_size = sorted(corpus.ids, key=lambda id: (sizes[id], id))
    taken = min(count, len(by_size))
    chosen = {by_size[(2 * place + 1) * len(by_size) // (2 * taken)] for place in range(taken)}
    return [speed_page(corpus.plain(id).page) for id in corpus.ids if id in chosen]


def protocol(corpus: str, pages: Sequence[SpeedPage]) -> str:
    """All that must be equal for two values in parse units to be comparable, as one line.

    Args:
        corpus: its name.
    """
    digest = corpus_digest({page.id: sha256(page.data) for page in pages})
    python = ".".join(platform.python_version_tuple()[:2])
    return (
        f"{corpus_identity(corpus, digest)}|n:{len(pages)}|unit:{UNITS}|parser:selectolax-{version('selectolax')}"
        f"|python:{python}"
    )
