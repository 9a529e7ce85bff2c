"""The gate: what fell on these very pages is a fact, and facts decide."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from goldspan.core.metrics import find_metric
from goldspan.core.scoring import Measured
from goldspan.errors import UsageError
from goldspan.evaluate.gate import judge, measured_power, power_text, read_accepted
from goldspan.model import About, Row, Status, System
from tests.helpers import ROOT, goldspan, make_corpus

BODY = find_metric("body")
NEW, OLD = System("mine", "2"), System("mine", "1")


def pages(changes: Sequence[float], base: float = 0.9, status: Status = "ok", families: int = 30) -> list[Measured]:
    """Pages of so many sites, each with a change of its F1; those that changed have the status in the new run."""
    return [
        Measured(
            f"p{number:03}",
            About(site=f"site{number % families}"),
            (
                Row(f"p{number:03}", status if change else "ok", {"body": {"f1": base + change}}),
                Row(f"p{number:03}", "ok", {"body": {"f1": base}}),
            ),
            (False, False),
        )
        for number, change in enumerate(changes)
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([0.0] * 60, []),
        ([0.02] * 60, []),
        ([-0.004] * 60, ["the mean fell"]),
        ([0.1] * 50 + [-0.05] * 10, []),
        ([-0.9] + [0.0] * 59, ["the mean fell", "1 page fell by more than 0.3"]),
        ([-0.9] + [0.1] * 59, ["1 page fell by more than 0.3"]),  # the mean rose, and yet
        ([-0.9] * 5 + [0.0] * 269, ["the mean fell", "5 pages fell by more than 0.3"]),
        ([-0.05 if number % 30 < 3 else 0.0 for number in range(270)], ["the mean fell"]),  # three families of thirty
    ],
)
def test_facts_decide(changes: list[float], said: list[str]) -> None:
    verdict = judge(pages(changes), [NEW, OLD], BODY)
    assert len(verdict.faults) == len(said)
    for fault, words in zip(verdict.faults, said, strict=True):
        assert words in fault
    assert verdict.change == pytest.approx(sum(changes) / len(changes))


def test_a_page_that_gave_a_text_and_now_fails() -> None:
    verdict = judge(pages([-0.01] + [0.02] * 59, status="crash"), [NEW, OLD], BODY)
    assert verdict.faults == ("60 pages gave a text and now fail",)
    verdict = judge(pages([-0.2] + [0.0] * 59, status="timeout"), [NEW, OLD], BODY, 1, 1)
    assert verdict.faults == ("1 page gave a text and now fails",)


def test_limits_are_the_users() -> None:
    fallen = pages([-0.9] + [0.0] * 59)
    assert not judge(fallen, [NEW, OLD], BODY, 0.02, 0.95).has_failed
    assert judge(fallen, [NEW, OLD], BODY, 0.01, 0.95).has_failed


def test_an_accepted_page_counts_as_unchanged() -> None:
    fallen = pages([-0.9, -0.8] + [0.0] * 58)
    assert judge(fallen, [NEW, OLD], BODY, accepted={"p000"}).faults != ()
    verdict = judge(fallen, [NEW, OLD], BODY, accepted={"p000", "p001"})
    assert verdict.faults == ()
    assert verdict.change == 0
    assert verdict.accepted == ("p000", "p001")
    with pytest.raises(UsageError, match="no page 'p999'"):
        judge(fallen, [NEW, OLD], BODY, accepted={"p999"})


def test_the_interval_is_another_question() -> None:
    everywhere = judge(pages([-0.02] * 90), [NEW, OLD], BODY, 0.01, population=True)
    assert "the interval says" in everywhere.faults[-1]
    one = judge(pages([-0.9] + [0.0] * 89), [NEW, OLD], BODY, 0.0, population=True)
    assert not any("interval" in fault for fault in one.faults)
    assert one.difference is not None
    assert one.difference.low < one.change < one.difference.high
    with pytest.raises(UsageError, match="too few"):
        judge(pages([-0.02] * 60), [NEW, OLD], BODY, population=True)


def test_for_errors_more_is_worse() -> None:
    leak = find_metric("leak")
    measured = [
        Measured(f"p{n}", About(site=str(n)), tuple(Row(f"p{n}", "ok", {"leak": {"tokens": t}}) for t in (9, 4)), ())
        for n in range(30)
    ]
    assert judge(measured, [NEW, OLD], leak, 1, 100).faults == ("the mean fell by 5.0000, 1 is allowed",)
    assert judge(measured, [NEW, OLD], leak, 6, 100).faults == ()
    assert judge(measured, [OLD, NEW], leak, 6, 3).faults != ()


def test_pages_that_got_worse_come_worst_first() -> None:
    verdict = judge(pages([-0.1, 0.3, -0.4, 0.0]), [NEW, OLD], BODY)
    assert [page.id for page in verdict.pages] == ["p002", "p000"]


def test_files_of_accepted_pages(tmp_path: Path) -> None:
    path = tmp_path / "accepted.txt"
    path.write_text("p001  # a caption that is none\n\n# all of them\np002\n", encoding="utf-8")
    assert read_accepted(["p000", str(path)]) == {"p000", "p001", "p002"}


def test_the_command_exits_with_1_and_names_pages(tmp_path: Path) -> None:
    make_corpus(tmp_path / "samples", 12)
    on = ("--corpus", "samples", "--save")
    goldspan("score", "everything", *on, "base.jsonl", cwd=tmp_path)
    goldspan("score", "nothing", *on, "worse.jsonl", cwd=tmp_path)
    goldspan("score", "everything", "nothing", *on, "both.jsonl", cwd=tmp_path)
    assert "gate passed" in goldspan("gate", "base.jsonl", "--baseline", "base.jsonl", cwd=tmp_path).stdout
    failed = goldspan("gate", "worse.jsonl", "--baseline", "base.jsonl", cwd=tmp_path, code=1)
    assert "gate failed: the mean fell" in failed.stderr
    assert "goldspan explain worse.jsonl en-heron-0" in failed.stdout
    assert "and 2 more pages" in failed.stdout
    assert "--system" in goldspan("gate", "worse.jsonl", "--baseline", "both.jsonl", cwd=tmp_path, code=2).stderr
    goldspan("gate", "both.jsonl", "--baseline", "both.jsonl", "--system", "everything", cwd=tmp_path, code=0)


def test_one_page_that_is_lost_fails_until_it_is_accepted(tmp_path: Path) -> None:
    make_corpus(tmp_path / "samples", 12)
    code = "import re\ndef extract(html, url=None):\n    return {} re.sub('<[^>]*>', ' ', html)\n"
    (tmp_path / "old.py").write_text(code.format(""))
    (tmp_path / "new.py").write_text(code.format("'' if 'Tuesday the 3th' in html else"))
    goldspan("score", "./old.py", "--corpus", "samples", "--save", "old.jsonl", cwd=tmp_path)
    words = ("gate", "./new.py", "--baseline", "old.jsonl")  # the gate runs a system itself
    failed = goldspan(*words, cwd=tmp_path, code=1)
    assert "1 page fell by more than 0.3" in failed.stderr
    assert "en-heron-0" in failed.stdout
    assert "gate passed" in goldspan(*words, "--accept", "en-heron-0", cwd=tmp_path).stdout


def test_a_baseline_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    make_corpus(tmp_path / "samples", 12)
    goldspan("score", "everything", "--corpus", "samples", "--save", "base.jsonl", cwd=tmp_path)
    lines = (tmp_path / "base.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "half.jsonl").write_text("".join(lines[:5]), encoding="utf-8")
    words = ("gate", "base.jsonl", "--baseline", "half.jsonl")
    assert "lacks 9 of the 12 pages" in goldspan(*words, cwd=tmp_path, code=2).stderr
    for text in ("null", "{}", "[]"):
        (tmp_path / "none.jsonl").write_text(f"{text}\n", encoding="utf-8")
        refused = goldspan("gate", "base.jsonl", "--baseline", "none.jsonl", cwd=tmp_path, code=2)
        assert refused.stderr.startswith("goldspan: ")


def test_a_time_out_is_tried_once_more(tmp_path: Path) -> None:
    make_corpus(tmp_path / "samples", 3)
    code = (
        "import pathlib, time\n"
        "def extract(html, url=None):\n"
        "    seen = pathlib.Path({!r})\n"
        "    if 'Tuesday the 3th' in html and not seen.exists():\n"
        "        seen.touch(); time.sleep(60)\n"
        "    return html\n"
    )
    (tmp_path / "late.py").write_text(code.format(str(tmp_path / "seen")))
    (tmp_path / "seen").touch()
    goldspan("score", "./late.py", "--corpus", "samples", "--timeout", "2", "--save", "old.jsonl", cwd=tmp_path)
    (tmp_path / "seen").unlink()
    passed = goldspan("gate", "./late.py", "--baseline", "old.jsonl", "--timeout", "2", cwd=tmp_path)
    assert "gate passed" in passed.stdout


def test_false_alarms_and_power_are_published(tmp_path: Path) -> None:
    power = measured_power()
    assert {one["trials"] for one in power["trials"]} == {20}
    assert json.dumps(power["max_drop"]) == "0.0"
    shown = goldspan("gate", "--help", cwd=tmp_path).stdout
    for line in power_text().splitlines():
        assert line in shown
    subprocess.run([sys.executable, ROOT / "scripts" / "studies" / "gate_power.py", "--check"], check=True)
