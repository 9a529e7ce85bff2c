"""A bounded run of the fuzzer; ``scripts/studies/fuzz.py`` runs as many pages as one likes."""

from __future__ import annotations

import json

import pytest

from tests.fuzz import PAGES, Mutant, make_mutant, report_batch, try_page

CHUNKS, CHUNK = 6, 200
SEED = 20


@pytest.mark.skipif(not PAGES.is_dir(), reason="the composed pages are not here")
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_mutated_pages(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """No exception; the report of all of them together stands as well. Time is for scripts/studies/fuzz.py."""
    monkeypatch.setattr("tests.fuzz.LIMIT", 60.0)
    measured = [try_page(make_mutant(SEED, number)).measured for number in range(chunk * CHUNK, (chunk + 1) * CHUNK)]
    assert len(measured) == CHUNK
    report_batch(measured, chunk)


@pytest.mark.skipif(not PAGES.is_dir(), reason="the composed pages are not here")
def test_a_page_can_be_made_again() -> None:
    """By its number, and from a file."""
    mutant = make_mutant(SEED, 3)
    assert make_mutant(SEED, 3) == mutant
    assert make_mutant(SEED, 4) != mutant
    assert Mutant.from_json(json.loads(json.dumps(mutant.to_json()))) == mutant
