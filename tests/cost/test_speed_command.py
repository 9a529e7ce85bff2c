"""What a system costs: extractors of known cost get known figures, gates hold, and what is wrong is one line."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from goldspan.data.corpora import open_corpus
from goldspan.errors import ExtractorError, GoldspanError, UsageError
from goldspan.model import Limits
from goldspan.speed import growth
from goldspan.speed.bench_session import Order, run_session
from goldspan.speed.cost_figures import SystemSpeed
from goldspan.speed.growth import made_page, measure_series, series_pages
from goldspan.speed.page_choice import choose, protocol
from goldspan.speed.study import Plan, Study
from goldspan.speed.subject import SpeedPage, Subject, VisitFailed
from tests.helpers import ROOT, goldspan, make_corpus

pytest.importorskip("pytest_benchmark")

MINE = """
import subprocess
import sys
import time
from selectolax.lexbor import LexborHTMLParser
kept = []
def ten_parses(html: str, url: str | None) -> str:
    for _ in range(10):
        LexborHTMLParser(html)
    return "ten"
def sleeps(html, url=None):
    time.sleep(0.02)
    return "awake"
def leaks(html, url=None):
    kept.append(bytearray(b"x" * 200_000))
    return "kept"
def broken(html, url=None):
    raise ValueError("this page is not to my taste")
def picky(html, url=None):
    if len(html) > 20_000:
        raise ValueError("too long")
    return html[:10]
def delegates(html, url=None):
    if not kept:
        words = [sys.executable, "-uc", "for line in open(0): print(sum(range(3_000_000)))"]
        kept.append(subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
    kept[0].stdin.write(b"go\\n")
    kept[0].stdin.flush()
    return kept[0].stdout.readline().decode()
def quadratic(html, url=None):
    for _ in range(len(html) // 1000):
        html.encode("utf-16")
    return "done"
"""
LIMITS = Limits(timeout=20)
LONG = "<!DOCTYPE html><body>" + "<div><p>The heron <b>came</b> back to <a href='/x'>the pond</a>.</p></div>" * 1500
PAGES = [SpeedPage(f"long-{n}", LONG + "<p>end</p>" * n, (LONG + "<p>end</p>" * n).encode(), None) for n in range(3)]
QUICK = ("--pages", "2", "--repeats", "0", "--seconds", "0", "--benchmark-max-time=0.001", "--benchmark-min-rounds=3")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder with extractors of known cost and a small corpus."""
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    make_corpus(tmp_path / "samples")
    return tmp_path


def studied(spec: str, rounds: int = 5, **plan: Any) -> SystemSpeed:
    """A system measured on the long pages, without the sides that the plan does not name."""
    study = Study(
        spec, Plan(LIMITS, **{"starts": 0, "repeats": 0, "seconds": 0, **plan}), "p", PAGES, lambda event: None
    )
    if study.warm_up():
        for _ in range(rounds):
            study.round()
    study.finish()
    study.measure_cold()
    study.measure_memory()
    study.measure_throughput()
    return study.result()


# Extractors of known cost


def test_ten_parses_cost_about_ten_parse_units(place: Path) -> None:
    found = studied(f"{place}/mine.py:ten_parses")
    assert found.parse_units == pytest.approx(10, rel=0.25)
    assert found.parse_units_low is not None
    assert found.parse_units_high is not None
    assert found.parse_units_low <= found.parse_units * 1.001
    assert found.parse_units_high >= found.parse_units * 0.999
    assert (found.pages, found.rounds, found.failures) == (3, 5, {})


def test_sleep_is_seen_by_the_wall_clock_and_not_by_the_cpu(place: Path) -> None:
    found = studied(f"{place}/mine.py:sleeps", starts=1)
    assert found.warm_ms is not None
    assert found.warm_ms >= 20
    assert found.cpu_ms is not None
    assert found.cpu_ms < 10
    assert found.cpu_share is not None
    assert found.cpu_share < 0.5
    assert found.cold_ms is not None
    assert found.cold_ms >= 20


def test_the_clock_of_the_rounds_is_the_systems_own_time(place: Path) -> None:
    study = Study(f"{place}/mine.py:sleeps", Plan(LIMITS), "p", PAGES, lambda event: None)
    study.warm_up()
    before = study.clock()
    study.round()
    study.finish()
    assert 0.06 <= study.clock() - before < 0.6


def test_a_leak_shows_as_a_slope(place: Path) -> None:
    leak = studied(f"{place}/mine.py:leaks", rounds=1, repeats=45)
    assert leak.repeats == 45
    assert leak.slope_mb == pytest.approx(200, rel=0.25)  # 200 kB a page
    assert leak.peak_mb is not None
    steady = studied(f"{place}/mine.py:ten_parses", rounds=1, repeats=45)
    assert steady.slope_mb is not None
    assert abs(steady.slope_mb) < 50


def test_throughput_is_measured_on_one_worker_and_on_several(place: Path) -> None:
    found = studied(f"{place}/mine.py:sleeps", rounds=1, seconds=0.3, workers=3)
    assert found.pages_per_second is not None
    assert 5 < found.pages_per_second <= 50  # 20 ms a page
    assert found.workers == 3
    assert found.pages_per_second_workers is not None
    assert found.pages_per_second_workers > 1.5 * found.pages_per_second  # who sleeps needs no core
    assert found.bytes_per_second == pytest.approx(
        found.pages_per_second * sum(len(page.data) for page in PAGES) / len(PAGES)
    )


def test_pages_that_are_not_done_are_counted_and_leave_no_figures(place: Path) -> None:
    found = studied(f"{place}/mine.py:broken", starts=1, repeats=9, seconds=0.1)
    assert (found.pages, found.failures) == (0, {"error": 3})
    assert (found.parse_units, found.warm_ms, found.cold_ms, found.slope_mb) == (None, None, None, None)


def test_a_command_in_any_language_is_measured() -> None:
    found = studied(f"cmd:sh {ROOT}/benchmark/goldspan/sandbox/examples/strip.sh", rounds=2, starts=1)
    assert found.system.name == "shell-strip"
    assert found.parse_units is not None
    assert found.parse_units > 0.5  # it starts programs of its own, whose time counts
    assert found.cold_ms is not None


def test_a_process_that_hangs_costs_its_page_and_no_more(place: Path) -> None:
    (place / "hangs.py").write_text(
        "def extract(html, url=None):\n    while len(html) > 200_000:\n        pass\n    return 'short'\n",
        encoding="utf-8",
    )
    short, long = (SpeedPage(str(n), "x" * n, b"x" * n, None) for n in (1000, 300_000))
    with Subject(f"{place}/hangs.py", Limits(timeout=0.5)) as subject:
        with pytest.raises(VisitFailed, match="no answer within") as raised:
            subject.visit(long)
        assert raised.value.status == "timeout"
        assert subject.visit(short, parses=1).ms < 500


def test_work_that_is_left_to_a_process_that_lives_on_counts(place: Path) -> None:
    found = studied(f"{place}/mine.py:delegates")
    assert found.warm_ms is not None
    assert found.cpu_ms is not None
    assert found.warm_ms > 10
    assert found.cpu_ms > 10


def test_finished_predictions_have_no_speed() -> None:
    with pytest.raises(ExtractorError, match="finished predictions"):
        Subject("predictions:out.jsonl", LIMITS)


# Which pages


def test_pages_are_taken_from_the_smallest_to_the_largest(place: Path) -> None:
    corpus = open_corpus(str(place / "samples"))
    assert [page.id for page in choose(corpus, 99)] == list(corpus.ids)
    assert len(choose(corpus, 2)) == 2
    assert protocol("mine", choose(corpus, 1)) != protocol("mine", choose(corpus, 2))


# Growth


@pytest.mark.parametrize("name", growth.MADE)
@pytest.mark.parametrize("size", [1000, 31_623, 1_000_000])
def test_a_made_up_page_has_about_the_size_asked_for(name: str, size: int) -> None:
    assert len(made_page(name, size).data) == pytest.approx(size, rel=0.1 if size > 1000 else 0.4)


def test_every_series_grows() -> None:
    for name in growth.ABOUT:
        sizes = [len(page.data) for page in series_pages(name, PAGES, 1_000_000)]
        assert sizes == sorted(sizes)
        assert len(set(sizes)) >= 3, name


def test_a_quadratic_extractor_is_above_linear_and_a_picky_one_ends(place: Path) -> None:
    pages = series_pages("text", PAGES, 1_000_000)
    found = measure_series(f"{place}/mine.py:quadratic", LIMITS, "text", pages)
    assert found.tail is not None
    assert found.tail > 1.5
    assert found.row()["above_linear"] is True
    picky = measure_series(f"{place}/mine.py:picky", LIMITS, "text", pages)
    assert [point.bytes for point in picky.points] == [len(page.data) for page in pages if len(page.html) <= 20_000]
    assert picky.row()["ended"] == {"bytes": len(pages[3].data), "kind": "error"}


# The command


def test_json_has_a_row_a_system(place: Path) -> None:
    words = ("speed", "./mine.py:ten_parses", "nothing", "--corpus", "samples", "--json", "-")
    done = goldspan(*words, "--pages", "2", "--repeats", "8", "--seconds", "0.05", "--workers", "2", cwd=place)
    mine, nothing = json.loads(done.stdout)
    assert (mine["system"], nothing["system"]) == ("mine:ten_parses", "nothing")
    for name in ("parse_units", "warm_ms", "p95_ms", "cold_ms", "cpu_ms", "peak_mb", "slope_mb", "bytes_per_second"):
        assert math.isfinite(mine[name]), name
    assert mine["pages_per_second"] > 0
    assert mine["pages_per_second_workers"] > 0
    assert mine["protocol"].startswith("samples@")
    assert "|n:2|unit:parse-units/1|parser:selectolax-" in mine["protocol"]
    assert mine["rounds"] >= 9


def test_a_gate_holds_the_base_and_fails_a_slower_extractor(place: Path) -> None:
    speed = ("speed", "./mine.py:ten_parses", "--corpus", "samples", *QUICK)
    goldspan(*speed, "--save", "base.json", cwd=place)
    saved = json.loads((place / "base.json").read_text(encoding="utf-8"))
    (one,) = saved["benchmarks"]
    assert one["stats"]["rounds"] == 3
    assert one["extra_info"]["system"] == "mine:ten_parses"
    assert "node" not in saved["machine_info"]
    gate = ("--compare", "base.json", "--compare-fail", "parse_units:100%")
    assert "Change by system" in goldspan(*speed, *gate, cwd=place).stdout
    slower = MINE.replace("range(10)", "range(100)")
    (place / "mine.py").write_text(slower, encoding="utf-8")
    done = goldspan(*speed, *gate, cwd=place, code=1)
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("goldspan: ")]
    assert line.startswith("goldspan: gate failed: mine:ten_parses: parse_units is ")
    assert line.endswith("the limit is 100%")


def test_pytest_benchmarks_own_gate_works(place: Path) -> None:
    speed = ("speed", "./mine.py:ten_parses", "--corpus", "samples", *QUICK)
    goldspan(*speed, "--benchmark-autosave", cwd=place)
    (place / "mine.py").write_text(MINE.replace("range(10)", "range(1000)"), encoding="utf-8")
    done = goldspan(*speed, "--benchmark-compare", "--benchmark-compare-fail=median:100%", cwd=place, code=1)
    assert "gate failed: test_speed" in done.stderr


def test_a_system_that_fails_everywhere_is_a_row(place: Path) -> None:
    (one,) = json.loads(
        goldspan("speed", "./mine.py:broken", "--corpus", "samples", *QUICK, "--json", "-", cwd=place).stdout
    )
    assert (one["pages"], one["failures"], one["parse_units"]) == (0, {"error": 2}, None)


def test_growth_reports_and_draws(place: Path) -> None:
    words = ("speed", "./mine.py:ten_parses", "--corpus", "samples", *QUICK, "--growth", "--largest", "0.005")
    done = goldspan(*words, "--html", "report.html", "--chart", "growth.svg", "--json", "rows.json", cwd=place)
    assert "Growth by series" in done.stdout
    ElementTree.parse(place / "growth.svg")
    (one,) = json.loads((place / "rows.json").read_text(encoding="utf-8"))
    assert list(one["growth"]) == list(growth.ABOUT)
    assert len(one["growth"]["depth"]["points"]) == 2


def test_the_slope_of_time_against_size_is_a_figure(tmp_path: Path) -> None:
    text = "def extract(html, url=None):\n    for _ in range(len(html) // 1000):\n        html.encode('utf-16')\n"
    (tmp_path / "square.py").write_text(text + "    return 'done'\n", encoding="utf-8")
    pages = [SpeedPage(str(n), "x" * n, b"x" * n, None) for n in (30_000, 100_000, 300_000, 1_000_000)]
    study = Study(f"{tmp_path}/square.py", Plan(LIMITS), "p", pages, lambda event: None)
    study.warm_up()
    study.round()
    study.finish()
    slope = study.result().size_slope
    assert slope is not None
    assert 1.5 < slope < 3


def test_options_of_pytest_benchmark_may_have_their_value_behind_a_space(place: Path) -> None:
    speed = ("speed", "./mine.py:ten_parses", "--corpus", "samples", *QUICK)
    done = goldspan(*speed, "--benchmark-min-rounds", "4", "nothing", "--json", "-", cwd=place)
    assert [(one["label"], one["rounds"]) for one in json.loads(done.stdout)] == [
        ("mine:ten_parses", 4),
        ("nothing", 4),
    ]


def test_nothing_is_left_behind_that_nobody_asked_for(place: Path) -> None:
    before = set(place.iterdir())
    goldspan("speed", "nothing", "--corpus", "samples", *QUICK, cwd=place)
    assert set(place.iterdir()) == before
    goldspan("speed", "nothing", "--corpus", "samples", *QUICK, "--benchmark-save=one", cwd=place)
    assert {path.name for path in set(place.iterdir()) - before} == {".benchmarks"}


FAULTS: dict[str, tuple[tuple[str, ...], str]] = {
    "no system": (("--corpus", "samples"), "SYSTEM"),
    "unknown system": (("trafilatur", "--corpus", "samples"), "Did you mean 'trafilatura'"),
    "the same twice": (("nothing", "nothing", "--corpus", "samples"), "Name each once"),
    "unknown corpus": (("nothing", "--corpus", "abe:x"), "Did you mean 'aeb'"),
    "unknown option": (("nothing", "--cropus", "samples"), "--cropus"),
    "a gate without a base": (("nothing", "--compare-fail", "parse_units:10%"), "--compare FILE"),
    "a gate without a limit": (("nothing", "--compare", "x", "--compare-fail", "parse_units"), "parse_units:10%"),
    "a gate on no figure": (("nothing", "--compare", "x", "--compare-fail", "speed:10%"), "parse_units, cold_ms"),
    "no base": (("nothing", "--compare", "none.json"), "none.json is missing"),
    "a base that is none": (("nothing", "--compare", "list.json"), "holds no figures"),
    "an option without its value": (("nothing", "--benchmark-min-rounds"), "needs a value"),
    "a drawing of nothing": (("nothing", "--chart", "x.svg"), "Add --growth"),
    "pytest-benchmark's file": (("nothing", "--benchmark-json=x.json"), "--save FILE"),
    "pytest-benchmark's unknown option": (("nothing", "--corpus", "samples", "--benchmark-fast=1"), "--benchmark-fast"),
    "pytest-benchmark's gate alone": (("nothing", "--benchmark-compare-fail=min:5%"), "Add --benchmark-compare"),
    "pytest-benchmark's gate without a run": (
        ("nothing", "--corpus", "samples", *QUICK, "--benchmark-compare", "--benchmark-compare-fail=min:5%"),
        "--benchmark-compare",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_use_is_one_line_and_exit_code_2(place: Path, fault: str) -> None:
    words, said = FAULTS[fault]
    (place / "list.json").write_text('[{"system": "x"}]', encoding="utf-8")
    done = goldspan("speed", *words, cwd=place, code=2)
    assert said in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("goldspan: ")]) <= 1


def test_other_pages_are_not_compared(place: Path) -> None:
    speed = ("speed", "nothing", "--corpus", "samples", *QUICK)
    goldspan(*speed, "--save", "base.json", cwd=place)
    done = goldspan(*speed, "--pages", "3", "--compare", "base.json", cwd=place, code=2)
    assert "nothing cannot be compared" in done.stderr


def test_without_pytest_benchmark_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"goldspan\[speed\]"):
        run_session(Order(("nothing",), "core", 1, Plan(LIMITS)), lambda event: None)


def test_a_session_that_measures_nothing_says_why(place: Path) -> None:
    with pytest.raises(GoldspanError, match=r"nowhere\.py"):
        run_session(Order((f"{place}/nowhere.py",), str(place / "samples"), 1, Plan(LIMITS)), lambda event: None)
