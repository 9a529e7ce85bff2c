"""How single values are written."""

from __future__ import annotations

import pytest

from goldspan.model import (
    System,
)
from goldspan.report import formatting
from tests.report.results import BIG, NAN


class TestFigures:
    @pytest.mark.parametrize(
        ("value", "text"), [(0.951, ".951"), (1.0, "1.000"), (0.0, ".000"), (-0.0123, "-.012"), (None, "–"), (NAN, "–")]
    )
    def test_share(self, value: float | None, text: str) -> None:
        """Three decimals, no leading zero; what is not defined is a dash, never a number."""
        assert text == formatting.share(value)

    @pytest.mark.parametrize(("value", "text"), [(0, "0"), (0.01, "0.0"), (99.94, "99.9"), (99.96, "100"), (NAN, "–")])
    def test_count(self, value: float, text: str) -> None:
        """Nothing at all is told apart from next to nothing."""
        assert text == formatting.count(value)

    def test_failures_leave_empty_out(self) -> None:
        """An empty output is no failure."""
        assert formatting.failures({"timeout": 2, "empty": 9}) == "2 timeout"
        assert formatting.failures({"empty": 9}) == "0"

    def test_visible_keeps_length_and_takes_control_away(self) -> None:
        """ESC, C1, overrides of direction and lone surrogates are replaced one for one."""
        text = "a\x1b[31m\x9b\u202e\ud800\n\tb"
        assert formatting.visible(text) == "a␛[31m\ufffd\ufffd\ufffd\n\tb"
        assert len(text) == len(formatting.visible(text))

    def test_reasons_that_differ_in_numbers_are_one(self) -> None:
        """Two pages with different shares have one reason."""
        assert formatting.reasons(BIG.left_out) == "2 × only …% of its gold text stands on the page"

    def test_short_names_are_told_apart(self) -> None:
        """Options, then the version, are added only where names would be equal."""
        systems = [System("a", "1"), System("b", "1", {"x": "1"}), System("b", "1"), System("c", "1"), System("c", "2")]
        assert list(formatting.short_names(systems).values()) == ["a", "b?x=1", "b", "c@1", "c@2"]
