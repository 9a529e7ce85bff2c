"""What was measured becomes figures, gates and reports: worked out by hand, without a clock."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest

from goldspan.model import System
from goldspan.speed import growth
from goldspan.speed.cost_figures import SystemSpeed, Visit, memory_figures, time_figures
from goldspan.speed.growth import Point, Series, slope_of
from goldspan.speed.growth_report import above_linear, growth_panels, growth_svg
from goldspan.speed.report import speed_html, speed_json, speed_markdown
from goldspan.speed.speed_gate import failed, read_gate

# From visits to figures, worked out by hand


def visit(ms: float = 1.0, cpu: float = 1.0, parse: float = 1.0, resident: float = 0.0) -> Visit:
    return Visit(ms, cpu, parse, parse, resident, None)


def test_parse_units_are_the_geometric_mean_of_the_pages_lower_quartiles() -> None:
    # Page one: ratios 2 2 2 2 50, lower quartile 2. Page two: 8 in each round. Geometric mean of 2 and 8: 4.
    rounds = [[visit(cpu=ratio), visit(cpu=16, parse=2)] for ratio in (2, 2, 50, 2, 2)]
    assert time_figures(rounds)["parse_units"] == pytest.approx(4)


def test_milliseconds_are_medians_of_medians() -> None:
    rounds = [[visit(ms=ms), visit(ms=10 * ms), visit(ms=100)] for ms in (3, 1, 2)]
    found = time_figures(rounds)
    assert found["warm_ms"] == 20  # medians over the rounds: 2, 20, 100
    assert found["p95_ms"] == pytest.approx(92)  # 20 + 0.9 × 80
    assert found["cpu_share"] == pytest.approx(9 / 366)


def test_the_slope_of_memory_leaves_out_the_first_third() -> None:
    # Six passes over two pages. Warming takes 100 MB; then 1 MB a pass: 500 MB in 1,000 pages.
    passes = [[visit(resident=mb)] * 2 for mb in (0, 100, 101, 102, 103, 104)]
    assert memory_figures(passes) == pytest.approx({"grown_mb": 104, "slope_mb": 500})


def test_too_few_passes_have_no_slope() -> None:
    assert memory_figures([[visit(resident=1)]]) == {}


# Growth


def test_the_slope_of_a_square_is_two() -> None:
    points = [Point(size, 1e-6 * size**2) for size in (1000, 3000, 10_000, 100_000)]
    assert slope_of(points) == pytest.approx(2)
    assert slope_of(points[:2]) is None


@pytest.mark.parametrize(("slope", "tail", "above"), [(0.9, 1.0, False), (0.9, 1.9, True), (1.3, None, True)])
def test_above_linear_is_named(slope: float, tail: float | None, above: bool) -> None:
    assert Series("text", (), slope, tail).is_above_linear is above


# Gates


@pytest.mark.parametrize(
    ("text", "now", "before", "fails"),
    [
        ("parse_units:10%", 10.9, 10.0, False),
        ("parse_units:10%", 11.1, 10.0, True),
        ("parse_units:10%", 5.0, 10.0, False),
        ("peak_mb:20", 119.0, 100.0, False),
        ("peak_mb:20", 121.0, 100.0, True),
        ("pages_per_second:10%", 89.0, 100.0, True),
        ("pages_per_second:10%", 200.0, 100.0, False),
        ("cold_ms:10%", None, 100.0, True),
    ],
)
def test_a_gate(text: str, now: float | None, before: float, fails: bool) -> None:
    gate = read_gate(text)
    rows = [{"label": "mine", gate.figure: value} for value in (now, before)]
    assert bool(failed([(rows[0], rows[1])], [gate])) is fails


# Reports


def row(**more: Any) -> dict[str, Any]:
    made = SystemSpeed(System("<b>mine</b>", "1"), "core@1|n:1", 1, parse_units=3.0, warm_ms=2.5, failures={"error": 2})
    return {**made.row(), **more}


GROWN = {
    name: Series(
        name, tuple(Point(10**power, 10.0 ** (2 * power - 6)) for power in range(3, 6)), 2.0, 2.0, (10**6, "timeout")
    ).row()
    for name in growth.ABOUT
}


def test_the_rows_are_json_with_a_row_a_line() -> None:
    text = speed_json([row(), row()])
    assert len(text.splitlines()) == 4
    assert {"system", "parse_units", "warm_ms", "cold_ms", "peak_mb"} <= json.loads(text)[1].keys()


def test_the_tables_say_what_failed_and_what_is_not_known() -> None:
    text = speed_markdown([row()])
    assert "2\u00a0error" in text
    assert "–" in text
    assert "<b>" not in text.replace("\\<b", "")


def test_the_drawing_is_xml_and_names_what_is_above_linear() -> None:
    drawing = ElementTree.fromstring(growth_svg([row(growth=GROWN)]))
    said = "".join(drawing.itertext())
    assert said.count("<b>mine</b>: ") == len(growth.ABOUT)
    assert len(above_linear([row(growth=GROWN)])) == 1


def test_the_html_report_holds_both_and_no_markup_of_a_name() -> None:
    page = speed_html([row(growth=GROWN)], {"python": "3"})
    assert page.count("<svg") == 1
    assert "<b>mine" not in page
    assert "timeout at 1 MB" in page
    assert "<svg" not in speed_html([row()], {})


def test_the_names_in_a_drawing_stay_in_their_panel_and_apart() -> None:
    many = [{**row(growth=GROWN), "label": f"mine-{number}"} for number in range(25)]
    for panel in growth_panels(many):
        places = sorted(line.label.y for line in panel.lines if line.label)
        assert len(places) == len(many)
        assert panel.axes.frame.top <= places[0]
        assert places[-1] <= panel.axes.frame.bottom + 5
        assert min(after - before for before, after in pairwise(places)) > 5
