"""A crawl's run: every page is answered once, whatever is lost on the way, and a finished shard is never done again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from goldspan.crawl.checkpoint import Checkpoint, StartedPage
from goldspan.crawl.disagreement import Disputed, group, suggest
from goldspan.crawl.pairwise_f1 import bag_of, pairwise_f1, tokens_of
from goldspan.crawl.shard_plan import find_inputs, plan
from goldspan.crawl.summary import Spread, Summary, summary_from_json
from goldspan.model import Extraction, Prediction
from tests.crawls import page, results, statuses, write_extractor, write_warc
from tests.helpers import GOLDSPAN, PYTHONPATH, goldspan

PAGES = 24
SHARD = ("--shard-mb", "0.0015")  # five pages or so


def crawl(folder: Path, *words: str | Path, out: str = "out", code: int = 0) -> list[dict[str, object]]:
    goldspan("crawl", "./mine.py", "--input", "a.warc.gz", "--out", out, *SHARD, *words, cwd=folder, code=code)
    return results(folder / out)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_extractor(tmp_path)
    write_warc(tmp_path / "a.warc.gz", [page(n) for n in range(PAGES)])
    return tmp_path


def test_every_page_is_answered_in_its_order(folder: Path) -> None:
    rows = crawl(folder, "--workers", "2")
    assert statuses(rows) == {str(n): "ok" for n in range(PAGES)}
    assert [row["answers"][0]["text"] for row in rows] == [f"Story {n} of the valley.\n" for n in range(PAGES)]  # type: ignore[index]
    assert len(list((folder / "out" / "shards").iterdir())) > 3


def test_a_page_that_ends_its_process_is_a_failure_and_nothing_else_is(folder: Path) -> None:
    write_warc(folder / "a.warc.gz", [page(n, "ABORT" if n == 7 else "") for n in range(PAGES)])
    rows = crawl(folder)
    assert statuses(rows) == {str(n): "crash" if n == 7 else "ok" for n in range(PAGES)}


def test_a_worker_killed_once_loses_no_page(folder: Path) -> None:
    write_warc(folder / "a.warc.gz", [page(n, "KILL ONCE" if n == 7 else "") for n in range(PAGES)])
    rows = crawl(folder, "--workers", "2")
    assert (folder / "killed").exists()
    assert statuses(rows) == {str(n): "ok" for n in range(PAGES)}


def test_a_page_that_kills_its_worker_each_time_is_given_up_alone(folder: Path) -> None:
    write_warc(folder / "a.warc.gz", [page(n, "KILL ALWAYS" if n in (7, 8, 20) else "") for n in range(PAGES)])
    rows = crawl(folder, "--workers", "2")
    assert statuses(rows) == {str(n): "crash" if n in (7, 8, 20) else "ok" for n in range(PAGES)}
    assert rows[7]["answers"][0]["error"] == "the worker was lost 2 times with this page in flight"  # type: ignore[index]


def test_a_poisoned_record_is_told_and_nothing_else_is_lost(folder: Path) -> None:
    data = bytearray((folder / "a.warc.gz").read_bytes())
    data[data.index(b"\x1f\x8b\x08", 2000) + 100] ^= 0xFF
    (folder / "a.warc.gz").write_bytes(data)
    rows = crawl(folder)
    damaged = [row for row in rows if row["fault"]]
    assert len(damaged) == 1
    assert damaged[0]["answers"] == []
    assert set(statuses(rows).values()) == {"ok"}
    assert len(statuses(rows)) >= PAGES - 1


def test_killed_and_resumed_it_has_the_same_result(folder: Path) -> None:
    """kill -9 of everything, three times; the workers end with the run, and what is finished is not done again."""
    write_warc(folder / "a.warc.gz", [page(n, "SLOW") for n in range(PAGES)])
    whole = crawl(folder, out="whole")
    environment = {**os.environ, "PYTHONPATH": PYTHONPATH}
    words = ["crawl", "./mine.py", "--input", "a.warc.gz", "--out", "torn", *SHARD, "--workers", "2", "--resume"]
    for _ in range(3):
        process = subprocess.Popen([*GOLDSPAN, *words], cwd=folder, env=environment, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        before = set((folder / "torn").glob("shards/*.parquet"))
        while set((folder / "torn").glob("shards/*.parquet")) <= before and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.2)
        process.send_signal(signal.SIGKILL)
        process.wait()
    times = {path: path.stat().st_mtime_ns for path in (folder / "torn").glob("shards/*.parquet")}
    assert crawl(folder, "--resume", out="torn") == whole
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert not list((folder / "torn").glob("shards/*.journal"))


def test_a_folder_is_resumed_only_with_the_same_order(folder: Path) -> None:
    crawl(folder)
    again = ("crawl", "./mine.py", "--input", "a.warc.gz", "--out", "out", *SHARD)
    assert "--resume" in goldspan(*again, cwd=folder, code=2).stderr
    said = goldspan(*again, "--resume", "--timeout", "3", cwd=folder, code=2).stderr
    assert "its limits differ" in said


def test_faults_of_the_user_are_one_line(folder: Path) -> None:
    (folder / "notes.txt").write_text("no input")
    for given, said in (("nowhere", "names no file"), ("notes.txt", "is no input")):
        done = goldspan("crawl", "./mine.py", "--input", given, "--out", "out", cwd=folder, code=2)
        assert said in done.stderr
        assert not (folder / "out").exists()


def test_the_report_and_what_is_best_annotated_next(folder: Path) -> None:
    (folder / "other.py").write_text(
        "import mine\ndef extract(html, url):\n    return 'Home' if '>3<' in html else mine.extract(html, url)\n"
    )
    crawl(folder, "./other.py", "--json", "report.json")
    data = json.loads((folder / "report.json").read_text())
    assert (data["pages"], data["damaged"], data["failed_shards"]) == (PAGES, 0, [])
    assert [one["ok"] for one in data["systems"]] == [PAGES, PAGES]
    assert data["agreement"][0]["f1"] == pytest.approx((PAGES - 1) / PAGES)
    assert data["now"]["pages"] == PAGES
    named = json.loads(goldspan("suggest", "out", "--json", cwd=folder).stdout)
    assert [one["url"] for one in named] == ["https://site3.example/3"]


def test_one_system_has_nobody_to_disagree_with(folder: Path) -> None:
    crawl(folder)
    assert "two or more" in goldspan("suggest", "out", cwd=folder, code=2).stderr


def test_likeness_is_the_token_f1_of_bags() -> None:
    texts = ["a b c", "b c c d", "", None, "c b a"]
    bags = [None if text is None else bag_of(tokens_of(Extraction(text))) for text in texts]
    found = dict(zip([(a, b) for a in range(5) for b in range(a + 1, 5)], pairwise_f1(bags), strict=True))
    assert found[0, 1] == pytest.approx(2 * 2 / 7)
    assert found[0, 4] == 1
    assert found[0, 2] == 0
    assert found[0, 3] is None
    assert pairwise_f1([bag_of([]), bag_of([])]) == [1.0]


def test_quantiles_are_within_a_twentieth() -> None:
    values = np.random.default_rng(1).lognormal(5, 1.5, 5000)
    spread = Spread()
    for value in values:
        spread.add(float(value))
    for share in (0.05, 0.5, 0.95):
        assert spread.quantile(share) == pytest.approx(float(np.quantile(values, share)), rel=0.06)


def test_what_is_counted_of_a_shard_comes_back_from_its_file() -> None:
    summary = Summary(("a@1", "b@1"), pages=2, damaged=1, size=300, worker_seconds=1.5)
    for key, status in (("a@1", "ok"), ("b@1", "crash")):
        summary.tallies[key].add(Prediction(key, "one", status, ms=0 if key == "a@1" else 2.5, peak_mb=10.0), 40)  # type: ignore[arg-type]
    summary.add_likenesses([0.5])
    data = summary.to_json()
    assert data["tallies"]["a@1"]["tokens"] == [(43, 1)]
    assert summary_from_json(json.loads(json.dumps(data))) == summary


def test_suggestions_take_turns_between_quarrels_and_sites() -> None:
    def disputed(number: int, alike: tuple[float, ...], site: str) -> Disputed:
        return Disputed(str(number), None, "a", number, sum(alike) / 3, alike, site)

    odd_third = [disputed(n, (0.9, 0.1, 0.1), "one.example") for n in range(10)]
    odd_first = [disputed(20 + n, (0.2, 0.2, 0.9), f"s{n}.example") for n in range(10)]
    groups = group([*odd_third, *odd_first], 3, groups=2)
    assert [len(one.pages) for one in groups] == [10, 10]
    assert min(range(3), key=groups[0].standing.__getitem__) == 2
    taken = suggest(groups, 6)
    assert [number for number, _ in taken] == [1, 2, 1, 2, 2, 2]


def test_a_journal_knows_what_was_in_flight(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    for number in range(2):
        checkpoint = Checkpoint(path, "first")
        checkpoint.take(0, 4)
        checkpoint.hold(4, StartedPage(100, "id", "https://a.example/", 7))
        checkpoint.take(0, 5 + number)
        checkpoint.answer(0, 5 + number, Prediction("x@1", str(5 + number), "ok", Extraction("text\ud800")))
        checkpoint._file.close()  # lost
    path.write_bytes(path.read_bytes() + b'{"take": [0, 9')
    with Checkpoint(path, "first") as checkpoint:
        assert checkpoint.lost == {(0, 4): 2}
        assert {number for _, number in checkpoint.answers} == {5, 6}
        assert checkpoint.started[4] == StartedPage(100, "id", "https://a.example/", 7)
        checkpoint.take(0, 9)
    assert Checkpoint(path, "first").lost == {(0, 4): 2}


def test_a_run_that_was_killed_is_not_held_against_a_page(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    for run in ("first", "second", "second", "third"):
        checkpoint = Checkpoint(path, run)
        checkpoint.take(0, 4)
        checkpoint._file.close()  # lost
    with Checkpoint(path, "fourth") as checkpoint:
        assert checkpoint.lost == {(0, 4): 1}
        assert checkpoint.suspect == {(0, 4)}


def test_the_plan_covers_every_byte_once(tmp_path: Path) -> None:
    for name in ("b.warc.gz", "a.warc.gz"):
        write_warc(tmp_path / name, [page(n) for n in range(5)])
    inputs = find_inputs([str(tmp_path)])
    shards = list(plan(inputs, 0.001))
    assert [shard.number for shard in shards] == list(range(len(shards)))
    for path in inputs:
        edges = [(shard.first, shard.last) for shard in shards if shard.path == path]
        assert [one[1] for one in edges[:-1]] == [one[0] for one in edges[1:]]
        assert (edges[0][0], edges[-1][1]) == (0, path.stat().st_size)
