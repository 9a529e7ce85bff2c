"""What the studies share: their documents, their bootstrap, and that they start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from goldspan.errors import GoldspanError

STUDIES = Path(__file__).resolve().parents[2] / "scripts" / "studies"
USE_TESTS = sorted(path.stem for path in STUDIES.glob("*.py") if "\nfrom tests." in path.read_text(encoding="utf-8"))


@pytest.fixture
def studies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test import what studies share."""
    monkeypatch.syspath_prepend(STUDIES)


@pytest.mark.parametrize("study", ["agreement", *USE_TESTS])
def test_a_study_finds_what_it_imports(study: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, STUDIES / f"{study}.py", "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"usage: {study}.py")


def test_a_document_that_lacks_a_figure_fails_the_check(
    studies: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from documents import Part, settle

    path = tmp_path / "guide.md"
    path.write_text("Before.\n\n<!-- table -->\n\n| 1 |\n\n<!-- /table -->\n\nAfter.\n", encoding="utf-8")
    part = Part(path, "table", "| 2 |")
    assert settle([Part(path, "table", "| 1 |")], "check") == 0
    assert capsys.readouterr() == ("", "")
    assert settle([part], "check") == 1
    assert "guide.md: 'table' is not what was found" in capsys.readouterr().err
    assert settle([part], "write") == 0
    assert path.read_text(encoding="utf-8") == ("Before.\n\n<!-- table -->\n\n| 2 |\n\n<!-- /table -->\n\nAfter.\n")
    with pytest.raises(GoldspanError, match=r"guide\.md: the markers <!-- other --> and <!-- /other --> are missing"):
        settle([Part(path, "other", "")], "check")


def test_means_are_drawn_by_cluster(studies: None) -> None:
    from bootstrap import bounds, drawn_means, weights_of

    weights = weights_of([("a",), ("a",), ("b",)], resamples=500, seed=3)
    assert (weights[:, 0] == weights[:, 1]).all()
    drawn = drawn_means(np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 1.0]]), weights)
    # Both clusters once: one page in three. One of them twice: all pages or none.
    assert set(np.round(drawn[:, 1], 6)) == {0.0, round(1 / 3, 6), 1.0}
    low, high = bounds(drawn)
    assert (low.tolist(), high.tolist()) == ([1.0, 0.0], [1.0, 1.0])


def test_resamples_without_a_page_are_left_out(studies: None) -> None:
    from bootstrap import weights_of

    # Two ways of clustering: where one draws the first page alone and the other the second, no page is left.
    weights = weights_of([("a", "x"), ("b", "y")], resamples=200, seed=1)
    assert 0 < len(weights) < 200
    assert (weights.sum(axis=1) > 0).all()
