"""Other benchmarks' metrics on their own pages: the published table comes out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from goldspan.core.metrics import rouge, shingle, words
from tests import reference as plain
from tests.core.test_compat_metrics import measured, pooled

# Zyte's README: F1, precision, recall, accuracy on the 181 pages.
PUBLISHED = {
    "AutoExtract": (0.970, 0.984, 0.956, 0.470),
    "trafilatura": (0.958, 0.938, 0.978, 0.293),
    "readability": (0.922, 0.913, 0.931, 0.315),
    "goose3": (0.896, 0.940, 0.856, 0.232),
    "justext": (0.804, 0.858, 0.756, 0.088),
    "inscriptis": (0.679, 0.517, 0.992, 0.000),
    "beautifulsoup": (0.665, 0.499, 0.994, 0.000),
}


class TestPublished:
    @pytest.fixture
    def aeb(self, shared_corpora: Path) -> Path:
        return shared_corpora / "aeb"

    @pytest.fixture
    def golds(self, aeb: Path) -> dict[str, str]:
        truth = json.loads((aeb / "ground-truth.json").read_text("utf-8"))
        return {key: page["articleBody"] for key, page in truth.items()}

    @staticmethod
    def output(aeb: Path, name: str) -> dict[str, str]:
        data = json.loads((aeb / "output" / f"{name}.json").read_text("utf-8"))
        return {key: page["articleBody"] for key, page in data.get("output", data).items()}

    @pytest.mark.parametrize("name", PUBLISHED)
    def test_the_published_row_comes_out(self, aeb: Path, name: str, golds: dict[str, str]) -> None:
        """Equal to the published three digits, and to the plain reference within 1e-9."""
        output = self.output(aeb, name)
        rows, pages = [], []
        for key, gold in golds.items():
            rows.append(measured(shingle.METRIC, gold, output.get(key, "")))
            counts = plain.shingle_counts(gold, output.get(key, ""))
            pages.append((*plain.normalised(counts), counts[3]))
        figures = pooled(shingle.METRIC, rows)
        order = ("f1", "precision", "recall", "accuracy")
        assert PUBLISHED[name] == tuple(round(figures[figure][0], 3) for figure in order)
        expected = plain.shingle_corpus(pages)
        assert [expected[figure] for figure in order] == pytest.approx([figures[f][0] for f in order], abs=1e-9)

    def test_real_outputs_score_the_same_plainly(self, aeb: Path, golds: dict[str, str]) -> None:
        """Words on every page, and the costly tables on the short ones, of a system of each kind."""
        for name in ("goose3", "inscriptis"):
            output = self.output(aeb, name)
            for key, gold in golds.items():
                text = output[key]
                assert words.score(gold, text) == pytest.approx(plain.word_f1(gold, text), abs=1e-9)
                if len(gold) < 1500 and len(text) < 2500:
                    assert rouge.score(gold, text) == pytest.approx(plain.rouge_lsum(gold, text), abs=1e-9)
