"""Made-up results that the tests of reports print."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

from rich.console import Console

from goldspan.model import (
    RankRange,
    Result,
    Row,
    Score,
    Speed,
    System,
    SystemResult,
)
from goldspan.report.console import (
    score_table,
)

PROTOCOL = "core@1f9a1c2e|n:40|text:whatwg-text/1|tok:1|align:1|policy:neutral|metric:body.f1/1|fail:0|ci:cluster-t/1"
NAN = math.nan


def score(value: float | None, n: int = 40, width: float = 0.02) -> Score:
    if value is None or math.isnan(value):
        return Score(value, NAN, NAN, n)
    return Score(value, value - width, value + width, n)


def system_result(name: str, f1: float, rank: int | RankRange | None, **changes: Any) -> SystemResult:
    scores = {
        "body.f1": score(f1),
        "body.precision": score(f1 + 0.01),
        "body.recall": score(f1 - 0.01),
        "leak.tokens": score(12.345),
        "leak.navigation": score(10.3),
        "leak.navigation.pages": score(0.25),
        "loss.tokens": score(3.21),
        "loss.cell": score(3.21),
    }
    rows = tuple(
        Row(f"page-{i:02}", "ok", {"body": {"f1": i / 40, "precision": 1.0, "recall": i / 40}, "leak": {"tokens": 3.0}})
        for i in range(40)
    )
    given: dict[str, Any] = {
        "system": System(name, "1.2.3", {}, fields=("title",)),
        "scores": scores,
        "rank": RankRange(rank, rank) if isinstance(rank, int) else rank,
        "rows": rows,
        "strata": {"news": score(f1, 35), "forum": Score(1.0, n=5)},
    }
    return SystemResult(**{**given, **changes})


def result_of(*systems: SystemResult, **changes: Any) -> Result:
    return Result(**{"protocol": PROTOCOL, "headline": "body.f1", "systems": systems, "by": "page_type", **changes})


LONG = System("readability-lxml", "0.8.4.1", {"retry_length": "250", "favor_precision": "true"})
BIG = result_of(
    system_result("second", 0.851, 2, failures={"timeout": 2, "error": 1, "empty": 3}),
    system_result("first", 0.951, 1, speed=Speed(31.6, 12.3, 45.6, 321.0, 900.0)),
    system_result("third", 0.7, None, system=LONG, warnings=("its outputs are full of markup",)),
    left_out={"a": "only 61% of its gold text stands on the page", "b": "only 7% of its gold text stands on the page"},
    environment={"python": "3.11.4"},
)


def printed(show: Callable[[Console], None], width: int = 80, colour: bool = False) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
        force_terminal=colour,
        color_system="truecolor" if colour else None,
        no_color=False,
    )
    show(console)
    return stream.getvalue()


def score_text(result: Result, width: int = 80) -> str:
    return printed(lambda console: score_table(result, console), width)
