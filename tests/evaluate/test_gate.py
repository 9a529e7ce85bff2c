"""The gate: the paired interval decides, not the bare difference."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from goldspan.core.metrics import find_metric
from goldspan.core.scoring import Measured
from goldspan.evaluate.gate import judge, measured_power, power_text
from goldspan.model import About, Row, System
from tests.helpers import ROOT, goldspan, make_corpus

BODY = find_metric("body")
NEW, OLD = System("mine", "2"), System("mine", "1")


def pages(changes: list[float], base: float = 0.9) -> list[Measured]:
    """A page of a site of its own for each change of its F1."""
    return [
        Measured(
            f"p{number:03}",
            About(site=f"site{number}"),
            tuple(Row(f"p{number:03}", "ok", {"body": {"f1": f1}}) for f1 in (base + change, base)),
            (False, False),
        )
        for number, change in enumerate(changes)
    ]


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ([0.0] * 60, "pass"),
        ([0.02] * 60, "pass"),
        ([-0.004] * 60, "pass"),  # sure, but small enough
        ([-0.02] * 60, "fail"),
        ([-0.9] + [0.0] * 59, "unsure"),  # a fall of 0.015 that hangs on one page
        ([-0.3, 0.28] * 30, "unsure"),
        ([-0.2] * 12 + [0.0] * 48, "fail"),
    ],
)
def test_a_large_and_sure_fall_fails(changes: list[float], outcome: str) -> None:
    verdict = judge(pages(changes), [NEW, OLD], BODY, 0.005, resamples=2000, seed=7)
    assert verdict.outcome == outcome
    assert verdict.difference.value == pytest.approx(sum(changes) / len(changes))
    assert verdict.difference.low - 1e-9 <= verdict.difference.value <= verdict.difference.high + 1e-9


def test_for_errors_more_is_worse() -> None:
    leak = find_metric("leak")
    measured = [
        Measured(f"p{n}", About(site=str(n)), tuple(Row(f"p{n}", "ok", {"leak": {"tokens": t}}) for t in (9, 4)), ())
        for n in range(30)
    ]
    assert judge(measured, [NEW, OLD], leak, 1, resamples=500, seed=7).outcome == "fail"
    assert judge(measured, [NEW, OLD], leak, 6, resamples=500, seed=7).outcome == "pass"


def test_pages_that_got_worse_come_worst_first() -> None:
    verdict = judge(pages([-0.1, 0.3, -0.4, 0.0]), [NEW, OLD], BODY, 0, resamples=500, seed=7)
    assert [page for page, _ in verdict.pages] == ["p002", "p000"]


def test_the_command_exits_with_1_and_names_pages(tmp_path: Path) -> None:
    make_corpus(tmp_path / "samples", 12)
    on = ("--corpus", "samples", "--save")
    goldspan("score", "everything", *on, "base.jsonl", cwd=tmp_path)
    goldspan("score", "nothing", *on, "worse.jsonl", cwd=tmp_path)
    goldspan("score", "everything", "nothing", *on, "both.jsonl", cwd=tmp_path)
    assert "gate passed" in goldspan("gate", "base.jsonl", "--baseline", "base.jsonl", cwd=tmp_path).stdout
    failed = goldspan("gate", "worse.jsonl", "--baseline", "base.jsonl", cwd=tmp_path, code=1)
    assert "gate failed" in failed.stderr
    assert "en-heron-0" in failed.stdout
    assert "--system" in goldspan("gate", "both.jsonl", "--baseline", "base.jsonl", cwd=tmp_path, code=2).stderr
    goldspan("gate", "both.jsonl", "--baseline", "base.jsonl", "--system", "everything", cwd=tmp_path, code=0)


def test_a_fall_that_hangs_on_one_page_fails_only_if_asked(tmp_path: Path) -> None:
    make_corpus(tmp_path / "samples", 12)
    code = "import re\ndef extract(html, url=None):\n    return {} re.sub('<[^>]*>', ' ', html)\n"
    (tmp_path / "old.py").write_text(code.format(""))
    (tmp_path / "new.py").write_text(code.format("'' if 'Tuesday the 3th' in html else"))
    for name in ("old", "new"):
        goldspan("score", f"./{name}.py", "--corpus", "samples", "--save", f"{name}.jsonl", cwd=tmp_path)
    words = ("gate", "new.jsonl", "--baseline", "old.jsonl")
    assert "not proven" in goldspan(*words, cwd=tmp_path).stdout
    assert "gate failed" in goldspan(*words, "--fail-unsure", cwd=tmp_path, code=1).stderr


def test_false_alarms_and_power_are_published(tmp_path: Path) -> None:
    power = measured_power()
    assert {one["trials"] for one in power["trials"]} == {20}
    assert json.dumps(power["max_drop"]) == "0.005"
    shown = goldspan("gate", "--help", cwd=tmp_path).stdout
    for line in power_text().splitlines():
        assert line in shown
    subprocess.run([sys.executable, ROOT / "scripts" / "studies" / "gate_power.py", "--check"], check=True)
