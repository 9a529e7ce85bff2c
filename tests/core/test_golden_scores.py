"""The golden scores: no score moves without its version.

Where a change is meant to move one, raise the version of what changed and write the file anew:
``PYTHONPATH=benchmark python -m tests.golden.scores``.
"""

from __future__ import annotations

import copy
import json

import pytest

from tests.golden.scores import PATH, Scores, faults, make

GOLDEN: Scores = json.loads(PATH.read_text(encoding="utf-8"))


def test_no_score_moved_without_its_version() -> None:
    assert faults(GOLDEN, make()) == []


@pytest.fixture
def moved() -> Scores:
    """Scores of a program that gives another body F1 for one output."""
    scores = copy.deepcopy(GOLDEN)
    scores["scores"]["body"]["full"]["story"]["half"]["f1"] += 0.001
    return scores


def test_a_moved_score_is_named(moved: Scores) -> None:
    assert len(faults(GOLDEN, moved)) == 1
    (fault,) = faults(GOLDEN, moved)
    assert fault.startswith("body.f1/2 moved under the policy 'full', and no version did: f1 of 'half' on 'story' was ")
    assert fault.endswith("run: PYTHONPATH=benchmark python -m tests.golden.scores")


@pytest.mark.parametrize("version", ["body", "policy full", "stream", "tokens", "alignment"])
def test_a_version_that_accounts_for_it_asks_for_a_new_file_alone(moved: Scores, version: str) -> None:
    moved["versions"][version] = "next"
    assert faults(GOLDEN, moved) == [
        f"tests/golden/scores.json is of another version of {version}. "
        "Run: PYTHONPATH=benchmark python -m tests.golden.scores"
    ]


@pytest.mark.parametrize("version", ["leak", "policy neutral"])
def test_the_version_of_something_else_does_not_excuse_it(moved: Scores, version: str) -> None:
    moved["versions"][version] = "next"
    assert len(faults(GOLDEN, moved)) == 2


def test_a_page_that_a_metric_no_longer_measures_is_named() -> None:
    scores = copy.deepcopy(GOLDEN)
    scores["scores"]["edit"]["strict"]["chinese"]["all"] = None
    assert "is absent. Undo it" in faults(GOLDEN, scores)[0]
