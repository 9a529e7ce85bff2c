"""The text stream of real pages against a second implementation of its rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldspan.core.text import decode
from goldspan.data.corpora import open_corpus
from tests.core.test_stream_html5lib import both

SAMPLES = {"aeb": 6, "wcxb": 14, "trafilatura": 6, "readability": 3}
"""Of each corpus every so many-th page."""


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("part", [0, 1])
def test_real_pages_have_the_same_stream(name: str, part: int, shared_corpora: Path) -> None:
    """On every page of the sample, every block is the same to the character, hidden flags included."""
    corpus = open_corpus(f"{name}:{shared_corpora / name}")
    different = []
    for page in sorted(corpus.ids)[part * SAMPLES[name] // 2 :: SAMPLES[name]]:
        ours, reference = both(decode(corpus.plain(page).page)[0])
        if ours != reference:
            different.append(page)
    assert different == []
